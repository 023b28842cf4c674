"""The scorer `transformers`: a classifier or an NLI model of the Hugging Face hub, or of a local folder."""

from analysis.sentiment.transformer.scorer import TransformerScorer


def transformer_for(model: str, *, device: str = "cpu") -> TransformerScorer:
    """The scorer that reads with `model`: a folder, a name on the hub, or `NAME@REVISION`.

    Raises UnusableMethod where the extra is not installed, and UnusableModel where the model cannot be had,
    holds no safetensors, or has labels that cannot be understood (docs/scorers.md).
    """
    from analysis.sentiment.transformer.network import load
    from analysis.sentiment.transformer.source import require_packages, source_of

    require_packages()
    source = source_of(model)
    return TransformerScorer(load(source, device), source.title)


__all__ = ["TransformerScorer", "transformer_for"]
