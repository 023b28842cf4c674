"""vaderSentiment's rule for 'but', as it runs, in bounded time."""

from heapq import heapify, heappop, heappush


def weighed_by_but(sentiments: list[float], at: int) -> list[float]:
    """VADER's 'but' rule as it runs: each step changes the first score EQUAL to the one it looks at."""
    places: dict[float, list[int]] = {}
    for i, score in enumerate(sentiments):
        places.setdefault(score, []).append(i)
    for heap in places.values():
        heapify(heap)
    for i in range(len(sentiments)):
        score = sentiments[i]
        first = places[score][0]
        changed = score * (0.5 if first < at else 1.5) if first != at else score
        if changed != score:
            heappop(places[score])
            heappush(places.setdefault(changed, []), first)
        sentiments[first] = changed
    return sentiments
