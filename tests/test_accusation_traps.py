"""Traps for accusations: attacks in words that no list holds, and what sounds like an attack but is none.

All texts are invented, and read by the rules alone. Where no author is named it is the Green candidate for
Kelby, before polling day.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analysis.contract import Kind, Reading, Roster, StatementText
from analysis.kinds.default import RulesAlone
from analysis.reader import Reader
from analysis.sentiment import DEFAULT_SCORER, scorer_for

READER = Reader(Roster(), scorer_for(DEFAULT_SCORER), None, RulesAlone())
POLLS = date(2030, 5, 2)
BEFORE = datetime(2030, 4, 25, 6, tzinfo=UTC)
AFTER = datetime(2030, 5, 3, 6, tzinfo=UTC)
GREEN = "Green candidate for Kelby"
DEMOCRAT = "Democratic candidate for the Senate"
LABOUR = "Labour candidate for Kelby North"
NIGERIAN = "PDP candidate for president"


def read(text: str, author_is: str = GREEN, posted_at: datetime = BEFORE) -> Reading:
    statement = StatementText(id="", text=text, author_is=author_is, polls=POLLS, posted_at=posted_at)
    return READER.read([statement])[0]


def kinds_of(text: str, author_is: str = GREEN, posted_at: datetime = BEFORE) -> dict[str, Kind]:
    return {kind.kind.value: kind for kind in read(text, author_is, posted_at).kinds}


ATTACKS = [
    # policy: what they did, would do, did not do
    ("Fourteen years, five prime ministers, and still you can't see a GP.", "policy", ""),
    ("The council sat on the flood report for eleven months.", "policy", "character misconduct"),
    ("Labour want to put a tax on your family car. Don't let them.", "policy", ""),
    ("Under Senator Doe's plan your premiums double. That's it. That's the plan.", "policy", ""),
    ("She had twenty years to mend this bridge. She didn't.", "policy", "character"),
    ("Unlike the Conservatives, we won't sell our parks to developers.", "policy", ""),
    ("What has the mayor ever done for Kelby? Nothing.", "policy", "character"),
    ("Thanks to the Tories our library is now a car park.", "policy", ""),
    ("Ask yourself: are you better off than you were when Doe took office? I didn't think so.", "policy", ""),
    ("The SNP's obsession with a second referendum is holding Kelby back.", "policy", "character"),
    ("Minister closes 40 clinics, gives himself a pay rise.", "policy", "character"),
    ("Republicans just voted to let insurers drop you when you get sick.", "policy", ""),
    ("This government is letting our steelworks die.", "policy", ""),
    ("My opponent voted no on school meals. Twice.", "policy", ""),
    ("Rishi Sunak should be ashamed of what he did to our town centre.", "policy", "character"),
    ("Their budget takes from nurses to give to hedge funds.", "policy", ""),
    ("The Lib Dems propped up the cuts then and they would do it again.", "policy", ""),
    ("Zero new council homes. That is the Conservative record in Kelby.", "policy", ""),
    # character
    ("He'll say one thing in Kelby and the opposite in London.", "character", ""),
    ("You can't believe a word the Conservatives put on their leaflets.", "character", ""),
    ("Where is Pat Doe? Four debates, four empty chairs.", "character", "policy"),
    ("The Prime Minister hasn't got the guts to face a single nurse.", "character", ""),
    (
        "Doe has changed her mind on fracking three times this month. Who knows what she stands for?",
        "character",
        "",
    ),
    ("Reform UK candidates who have never set foot in Kelby now claim to speak for it.", "character", ""),
    ("Senator Doe answers to his donors, not to you.", "character", "policy"),
    ("A party that can't run its own conference thinks it can run the country.", "character", "policy"),
    ("Pat Doe is not telling you the truth about the hospital.", "character", ""),
    ("Tory MPs are more worried about their own jobs than about yours.", "character", ""),
    # misconduct
    ("The APC governor looted the pension fund and must face the law.", "misconduct", "policy character"),
    (
        "Doe's firm got the contract three weeks after he met the minister. You do the maths.",
        "misconduct",
        "character",
    ),
    (
        "The police are still waiting for the Conservatives to hand over the expenses.",
        "misconduct",
        "character policy",
    ),
    ("Congressman Doe traded shares on what he heard in secret briefings.", "misconduct", ""),
    (
        "Ministers held parties while we buried our parents. They broke the law they wrote.",
        "misconduct",
        "character policy",
    ),
    # integrity
    ("INEC announced figures from polling units where nobody voted.", "integrity", "misconduct"),
    ("Two hundred voters were turned away in Kelby because the register was wrong.", "integrity", "policy"),
    ("APC thugs chased our agents from the collation centre.", "integrity", "misconduct character"),
    ("They closed polling stations in every poor ward. That's no accident.", "integrity", "policy"),
    ("The BBC gave our party ninety seconds in six weeks. Some balance.", "integrity", "character policy"),
    # other targets
    (
        "The Daily Mail has printed another made-up story about our candidate.",
        "character",
        "integrity misconduct",
    ),
    (
        "The commission's chairman is a card-carrying member of the ruling party.",
        "integrity",
        "character misconduct",
    ),
]


@pytest.mark.parametrize(("text", "must", "may"), ATTACKS)
def test_an_attack_is_an_accusation_of_its_types(text: str, must: str, may: str) -> None:
    found = kinds_of(text)

    assert "accusation" in found
    types = {name.value for name in found["accusation"].types}
    assert set(must.split()) <= types <= {*must.split(), *may.split()}


BLAME = [
    ("We lost Kelby because head office never sent a single canvasser.", ""),
    ("The Greens split the vote and handed Kelby to the Tories.", ""),
    ("Our own leadership threw this election away.", ""),
    ("Three percent for the spoiler candidate. Thanks to her the Tories keep this seat.", ""),
    ("The leader who led us to this defeat has to go.", ""),
    ("The blame for last night lies squarely with the people who wrote that manifesto.", ""),
    ("Had the Lib Dems stood aside, Kelby would have a Labour MP this morning.", ""),
]


@pytest.mark.parametrize(("text", "_"), BLAME)
def test_whoever_is_held_responsible_for_a_defeat_is_blamed(text: str, _: str) -> None:
    found = kinds_of(text, LABOUR, AFTER)

    assert "accusation" in found
    assert "blame" in {name.value for name in found["accusation"].types}


NO_ATTACKS = [
    "My heart goes out to the families of those killed in the coach crash.",
    "We will end child poverty and stop sewage in our rivers.",
    "Knife crime has hurt too many families in Kelby. I will put more officers on the beat.",
    "The council meets on Tuesday to vote on the bus contract.",
    "The government has published its report on school buildings. Read it here.",
    "Turnout in Kelby was 41 per cent, lower than in 2026.",
    "I got this wrong and I am sorry. I should have listened sooner.",
    "We failed to win enough votes and I take full responsibility.",
    "Cancer took my mother. I will fight for earlier screening.",
    "The hurricane has destroyed homes across the county. Please check on neighbours.",
    "Nobody in this country should go hungry.",
    "Thank you to the ambulance crew who never failed us this winter.",
    "What a race! Congratulations to Pat Doe on a hard fought campaign.",
    "Polls are open until 10pm. Don't lose your vote!",
    "I met the minister today to discuss the cost of school transport.",
    "Great debate tonight with the Labour and Conservative candidates.",
    "Violence has no place in our politics. Whoever you support, keep it peaceful.",
    "Domestic abuse ruins lives. If you need help call the number below.",
    "Remembering all who suffered under the Nazi regime on Holocaust Memorial Day.",
    "Our plan will cut waiting lists, fix the roads and lower your bills.",
    "We lost. I called Pat Doe this morning and wished her well.",
    "Sad to hear that the steelworks will close. My thoughts are with the workers.",
    "The BBC debate is on at 8pm tonight. Tune in!",
    "Don't be fooled by the sunshine, it's freezing out here on the doorsteps.",
    "I will hold the next government to account on climate.",
    "Storm damage has closed the A12. Avoid if you can.",
    "Lovely to be at the mosque in Kelby. Islamophobia and antisemitism have no place here.",
    "Happy Mother's Day to all the hard working mums!",
    "Let's kick racism out of football.",
    "Yes, I'm exhausted. Yes, my feet hurt. Still three streets to go!",
    "We stand with Ukraine against an illegal war.",
    "The fire at the bakery is out. Thanks to the crews who fought it all night.",
]


@pytest.mark.parametrize("text", NO_ATTACKS)
def test_grief_pledges_news_and_self_criticism_are_no_accusation(text: str) -> None:
    assert "accusation" not in kinds_of(text)


CIVILITY = [
    ("Doe couldn't organise a raffle in a raffle shop.", True),
    ("Another day, another lie from Pinocchio Doe.", True),
    ("The Prime Minister is a national embarrassment.", True),
    ("What a bunch of jokers on that front bench.", True),
    ("The council's plan for the bypass is wrong and costs too much.", False),
    ("Pat Doe voted against the school meals bill.", False),
    ("The minister has broken her promise to tenants.", False),
]


@pytest.mark.parametrize(("text", "insults"), CIVILITY)
def test_mockery_is_uncivil_and_plain_criticism_is_not(text: str, insults: bool) -> None:
    assert kinds_of(text)["accusation"].incivility is insults


ABOUT = [
    (
        "Thank you to our volunteers for a great day. The Conservatives have let this town down.",
        GREEN,
        BEFORE,
        {"Conservatives"},
    ),
    (
        "Our volunteers knocked on 900 doors while Labour hid behind leaflets full of lies.",
        GREEN,
        BEFORE,
        {"Labour"},
    ),
    ("Our own leadership threw this election away. Labour failed its voters.", LABOUR, AFTER, {"Labour"}),
    ("Labour lost because Labour stopped listening. We have to change.", LABOUR, AFTER, {"Labour"}),
    ("INEC rigged the count in Kelby and everybody knows it.", NIGERIAN, AFTER, {"INEC"}),
    (
        "Only Labour will fix this. The Tories have wrecked our hospital.",
        LABOUR,
        BEFORE,
        {"Conservatives"},
    ),
    (
        "Vote Green on Thursday to stop the Tories selling our parks.",
        GREEN,
        BEFORE,
        {"Conservatives"},
    ),
    (
        "Proud to be endorsed by President Obama. Republicans want to strip you of your cover.",
        DEMOCRAT,
        BEFORE,
        {"Republican Party"},
    ),
    ("Labour will rebuild what the Conservatives have broken.", LABOUR, BEFORE, {"Conservatives"}),
]


@pytest.mark.parametrize(("text", "author_is", "posted_at", "who"), ABOUT)
def test_an_accusation_is_about_those_whom_it_accuses(
    text: str, author_is: str, posted_at: datetime, who: set[str]
) -> None:
    reading = read(text, author_is, posted_at)
    accusation = next(kind for kind in reading.kinds if kind.kind == "accusation")

    assert {reading.targets[index].who for index in accusation.targets} == who


CONFUSIONS = [
    # acclaim: qualities of the own side
    ("Our volunteers are the beating heart of this campaign.", "acclaim", "accusation"),
    ("Pat will make a superb MP for Kelby.", "acclaim", "accusation pledge"),
    ("So pleased to see Pat's name on the ballot. She knows this town inside out.", "acclaim", "accusation"),
    (
        "Kelby has had a hard-working Green councillor for nine years: six hundred cases solved.",
        "acclaim",
        "",
    ),
    ("Four hundred doors this morning and such a warm welcome on every one.", "acclaim", "accusation"),
    ("We kept our word: every child in Kelby now has a school place.", "acclaim", "accusation"),
    ("What a night! The hall was packed to the rafters.", "acclaim", "accusation"),
    ("Under the Greens, Kelby recycles more than any town in the county.", "acclaim", "accusation"),
    ("Unemployment is at its lowest since 1974 thanks to our plan.", "acclaim", "accusation"),
    ("Honoured to have the backing of the nurses' union.", "acclaim", "accusation"),
    # no acclaim
    ("Thank you all for your votes.", "thanks", "acclaim accusation"),
    ("What a great goal by Kelby Town!", "", "acclaim accusation"),
    ("Happy birthday to a great lady, my mother.", "", "acclaim accusation"),
    ("Fantastic weather for a walk by the sea.", "", "acclaim accusation"),
    # pledge
    ("As your MP I'd put buses back under public control.", "pledge", "accusation"),
    ("A Green council means no child goes without lunch.", "pledge", "accusation"),
    ("Elect me and the clinic stays open.", "pledge", "accusation"),
    ("My promise to Kelby: an MP who answers your letters.", "pledge", "accusation"),
    ("Greens would freeze rents from day one.", "pledge", "accusation"),
    ("You have my word that I'll never vote for fracking.", "pledge", "accusation"),
    # no pledge
    ("I'll be outside the station from seven with coffee.", "", "pledge accusation"),
    ("Labour will tax your garden.", "accusation", "pledge"),
    ("We will know the result by four in the morning.", "", "pledge victory accusation"),
    # defence
    ("Let me set the record straight: I have never voted for a rise in fares.", "defence", ""),
    ("No, I did not take a penny from that company, and I have the accounts to prove it.", "defence", ""),
    ("The story in today's paper about my house is simply false.", "defence", ""),
    ("I have been cleared of every charge by the standards committee.", "defence", "pledge"),
    ("They say we can't afford it. We can: every line is costed.", "defence", ""),
    ("Some people claim I want to close the school. I don't and never have.", "defence", ""),
    # no defence
    ("We will defend our schools.", "pledge", "defence"),
    ("That poster is false economy at its best.", "", "defence"),
]


@pytest.mark.parametrize(("text", "has", "lacks"), CONFUSIONS)
def test_praise_pledge_defence_and_attack_are_told_apart(text: str, has: str, lacks: str) -> None:
    found = kinds_of(text)

    assert set(has.split()) <= set(found)
    assert not set(lacks.split()) & set(found)


IMPLIED = [
    "Another year, another Tory tax rise sneaked through on a Friday night.",
    "Ministers knew about the cladding for three years. They told nobody.",
    "Jacinda's government has spent $90 million on a bridge nobody will ever cross.",
    "While you queue for petrol the Deputy Premier is on a beach in Bali.",
    "Mr Doe, the people of Kelby are still waiting for the bypass you promised in 2019.",
    "If Doe spent half as much time on housing as on selfies we might have some homes by now.",
    "Scott Morrison's only plan for bushfires is a hose he doesn't hold.",
    "The premier's office deleted the messages the inquiry asked for.",
    "Conservative leaflets full of fibs through the door again this morning.",
    "Labour's candidate works in London and lives in London. Kelby is just a stepping stone.",
    "My opponent's biggest donor? A company that dumps waste in our river.",
    "The incumbent skipped 43 votes last year. If you skipped 43 shifts you'd be out of a job.",
    "This Government is making it harder to see a dentist than to see Taylor Swift.",
    "Trudeau broke his promise on electoral reform, and now he wants your vote again.",
    "The returning officer declared a result before half the wards had reported.",
    "Soldiers have surrounded the collation centre in Port Harcourt. This is not how a democracy counts.",
    "A vote for the Lib Dems is a vote to put the Tories back in.",
    "He told farmers one thing and city folk another.",
    "Five housing ministers in four years. No wonder nothing gets built.",
    "The state broadcaster has not shown a single rally of ours.",
    "Nurses are using food banks. The chancellor is buying a helicopter.",
    "Doe says crime is down. Ask anyone on the Heath estate.",
    "How many more children have to be poisoned before the governor acts?",
    "The DA talks about clean government but look at the tenders in Tshwane.",
    "He can find £2bn for yachts but not a penny for school dinners.",
    "We were failed by the people running our campaign, plain and simple.",
    "Sack the lot of them.",
    "The Speaker has blocked a vote on our amendment for the ninth time.",
]


@pytest.mark.parametrize("text", IMPLIED)
def test_an_attack_by_contrast_question_or_fact_is_an_accusation(text: str) -> None:
    assert "accusation" in kinds_of(text)


EVERYDAY = [
    "Looking forward to debating Pat Doe tonight at the town hall, 7pm.",
    "The Chancellor will deliver her budget at noon tomorrow.",
    "Labour 38, Conservatives 31, Lib Dems 14 in today's poll.",
    "Our hearts break for the people of Maui tonight.",
    "Met with the Secretary of State to make the case for our hospital.",
    "I'm asking for your vote so we can build a fairer Kelby.",
    "Road closures this weekend: the A10 shuts at nine on Saturday.",
    "A huge thank you to the police officers who kept today's march safe.",
    "Proud to co-sponsor the bill to protect seniors from scam calls.",
    "My dad worked down the pit for 30 years. He never complained once.",
    "Postal votes must be returned by 10pm on polling day.",
    "Republicans and Democrats came together today to pass the farm bill.",
    "The fight against malaria is not over. Sleep under a net.",
    "Happy Eid to everyone celebrating in Kelby and beyond.",
    "No one should have to choose between heating and eating. We will cap bills.",
    "I have decided not to stand again. It has been the honour of my life.",
    "We didn't win tonight but I'm so proud of every one of you.",
    "Nigeria deserves peace. Let us vote and go home quietly.",
    "Visited the new wind farm with the energy minister. Impressive work.",
    "Tough loss for the Leafs last night. We'll be back.",
    "Attended the funeral of Senator John Example, a good friend and colleague.",
    "Today we remember the victims of the Rwandan genocide.",
    "Our schools need more teachers and that's why I'm running.",
    "Congratulations to the Prime Minister on the birth of her daughter.",
    "Please drive carefully, there's black ice all over the county.",
    "I voted for the infrastructure bill because our bridges can't wait.",
]


@pytest.mark.parametrize("text", EVERYDAY)
def test_what_candidates_post_from_day_to_day_accuses_nobody(text: str) -> None:
    assert "accusation" not in kinds_of(text)


def speeches() -> list[object]:
    path = Path(__file__).parent / "fixtures" / "speech_traps.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [pytest.param(row, id=f"{row['family']}: {row['text'][:40]}") for row in csv.DictReader(file)]


@pytest.mark.parametrize("row", speeches())
def test_each_way_of_speaking_is_known_by_more_than_the_words_it_was_learned_from(
    row: dict[str, str],
) -> None:
    found = kinds_of(row["text"], row["author_is"], {"before": BEFORE, "after": AFTER}[row["when"]])

    assert set(row["has"].split()) <= set(found)
    assert not set(row["lacks"].split()) & set(found)
