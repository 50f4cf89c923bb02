"""What people put behind a layer: a small table, by the layer and by the number of axes of what it gives."""

from __future__ import annotations

from kit.layers.layer import CATALOG
from kit.structure import INPUT
from kit.symbols import Shape

AFTER: dict[str, str] = {
    "Conv1D": "MaxPooling1D BatchNormalization Activation Conv1D GlobalMaxPooling1D Dropout",
    "Conv2D": "MaxPooling2D BatchNormalization Activation Conv2D Dropout Flatten GlobalAveragePooling2D",
    "Conv2DTranspose": "BatchNormalization Activation Conv2D Conv2DTranspose",
    "SeparableConv2D": "BatchNormalization Activation SeparableConv2D MaxPooling2D",
    "MaxPooling1D": "Conv1D Dropout Flatten LSTM GRU",
    "MaxPooling2D": "Conv2D Dropout Flatten GlobalAveragePooling2D",
    "UpSampling2D": "Conv2D Concatenate",
    "GlobalAveragePooling2D": "Dense Dropout",
    "GlobalMaxPooling1D": "Dense Dropout",
    "Flatten": "Dense Dropout",
    "Dense": "Dense Dropout Activation BatchNormalization",
    "Dropout": "Dense Conv2D Flatten LSTM",
    "Activation": "Dense MaxPooling2D Conv2D Dropout",
    "Embedding": "LSTM GRU Conv1D Flatten GlobalAveragePooling1D Dropout",
    "LSTM": "Dense Dropout LSTM",
    "GRU": "Dense Dropout GRU",
    "SimpleRNN": "Dense Dropout",
    "Add": "Activation LayerNormalization Conv2D Dense",
    "Concatenate": "Dense Conv2D Dropout",
    "MultiHeadAttention": "Dropout Add LayerNormalization",
    "LayerNormalization": "Dense MultiHeadAttention",
    "BatchNormalization": "Activation Dropout Dense Conv2D MaxPooling2D",
}
BY_AXES: dict[int, str] = {
    0: "Dense",
    1: "Dense Dropout BatchNormalization Activation Reshape Embedding",
    2: "LSTM GRU Conv1D Flatten Dense MaxPooling1D GlobalAveragePooling1D LayerNormalization MultiHeadAttention",
    3: "Conv2D MaxPooling2D Flatten BatchNormalization Dropout GlobalAveragePooling2D Activation UpSampling2D",
    4: "Conv3D MaxPooling3D Flatten BatchNormalization Dropout GlobalAveragePooling3D",
}
FIRST = f"{INPUT} Dense Conv2D LSTM Embedding"


def likeliest(before: str | None, came: Shape | None) -> list[str]:
    """All layers, those that usually come behind this one (or first, behind none) first. came: the shape it gives."""
    likely = AFTER.get(before, "").split() if before is not None else FIRST.split()
    likely += BY_AXES.get(len(came), "").split() if came is not None else []
    rest = [name for name, cls in CATALOG.items() if cls.input_count == 1]
    mergers = [name for name, cls in CATALOG.items() if cls.input_count != 1]
    known = [*dict.fromkeys([*likely, *rest, *mergers, INPUT])]
    return [name for name in known if name in CATALOG or name == INPUT]
