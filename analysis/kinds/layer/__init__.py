"""A trained layer over the rules of kinds: the one that ships, or one by a user's own codes
(docs/kinds-model.md).

Public: `load_layer` (a file), `LayeredKinds` (a finder of kinds), `UnusableLayer`; `hustings code train`
makes the file.
"""

from analysis.kinds.layer.finder import LayeredKinds
from analysis.kinds.layer.model import Layer, UnusableLayer, load_layer

__all__ = ["Layer", "LayeredKinds", "UnusableLayer", "load_layer"]
