"""A small neural network that reads a statement whole, where rules and single words hear nothing.

It is a sentence encoder that was trained on general English, and then on coded statements
(docs/kinds-model.md); it runs on NumPy. What it says is one voice among those that a layer weighs. Public:
`general_encoder` (the one that ships), `ENCODER_NAME` (how it is called), `Encoder`, `Asked`.
"""

from analysis.kinds.encoder.reading import ENCODER_NAME, Asked, Encoder, general_encoder

__all__ = ["ENCODER_NAME", "Asked", "Encoder", "general_encoder"]
