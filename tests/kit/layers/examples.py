"""One construction or more of every layer, and the shapes of one sample of its inputs; the generic tests run on all."""

from typing import Any, NamedTuple

import torch

from kit import CATALOG

Shape = tuple[int, ...]


class Example(NamedTuple):
    """A call that makes a layer, and what it is then given."""

    call: str
    shapes: tuple[Shape, ...]

    def make(self) -> Any:
        """The layer, not built."""
        return eval(self.call, dict(CATALOG))

    def samples(self, count: int = 5) -> list[torch.Tensor]:
        """Inputs for it: normal numbers, or whole ones from 0 to 2 where it takes those."""
        generator = torch.Generator().manual_seed(1)
        if getattr(self.make(), "takes_integers", False):
            return [torch.randint(0, 3, (count, *shape), generator=generator) for shape in self.shapes]
        return [torch.randn(count, *shape, generator=generator) for shape in self.shapes]


EXAMPLES: dict[str, list[Example]] = {
    "Dense": [
        Example("Dense(3)", ((4,),)),
        Example('Dense(3, "tanh", use_bias=False, kernel_initializer="orthogonal", input_dim=4)', ((4,),)),
        Example('Dense(3, kernel_regularizer="l2(0.1)", bias_constraint="maxnorm(1.5)", name="head")', ((5, 4),)),
        Example("Dense(3, trainable=False, input_shape=(4,))", ((4,),)),
    ],
    "TimeDistributedDense": [Example('TimeDistributedDense(4, 3, init="uniform", activation="tanh")', ((5, 4),))],
    "MaxoutDense": [
        Example("MaxoutDense(3)", ((4,),)),
        Example('MaxoutDense(4, 3, nb_feature=2, use_bias=False, init="orthogonal")', ((5, 4),)),
    ],
    "Permute": [Example("Permute((2, 1))", ((3, 4),)), Example("Permute(3, 1, 2)", ((3, 4, 2),))],
    "RepeatVector": [Example("RepeatVector(3)", ((4,),)), Example("RepeatVector(1)", ((4,),))],
    "LeakyReLU": [Example("LeakyReLU()", ((5,),)), Example("LeakyReLU(alpha=0.1)", ((2, 3, 3),))],
    "PReLU": [
        Example("PReLU()", ((5,),)),
        Example("PReLU((5,))", ((5,),)),
        Example('PReLU(alpha_initializer="uniform", alpha_constraint="nonneg", shared_axes=(2, 3))', ((2, 3, 3),)),
    ],
    "ELU": [Example("ELU()", ((5,),)), Example("ELU(alpha=0.5)", ((2, 3),))],
    "Softmax": [Example("Softmax()", ((5,),)), Example("Softmax(axis=1)", ((2, 3, 3),))],
    "Embedding": [
        Example("Embedding(4, 3)", ((5,),)),
        Example("Embedding(5, 3, mask_zero=True)", ((4,),)),
        Example('Embedding(5, 3, init="normal", W_regularizer="l2(0.1)", W_constraint="unitnorm")', ((2, 3),)),
    ],
    "WordContextProduct": [
        Example("WordContextProduct(4)", ((2,),)),
        Example('WordContextProduct(5, 3, init="normal", activation=None)', ((2,),)),
    ],
    "SimpleRNN": [
        Example("SimpleRNN(3)", ((5, 2),)),
        Example('SimpleRNN(2, 3, activation="sigmoid", return_sequences=True, go_backwards=True)', ((5, 2),)),
        Example('SimpleRNN(3, "relu", use_bias=False, truncate_gradient=8)', ((3, 2),)),
    ],
    "SimpleDeepRNN": [
        Example("SimpleDeepRNN(3)", ((4, 2),)),
        Example('SimpleDeepRNN(2, 3, 2, activation="tanh", return_sequences=True)', ((4, 2),)),
        Example("SimpleDeepRNN(3, depth=1, use_bias=False)", ((4, 2),)),
    ],
    "GRU": [
        Example("GRU(3, return_sequences=True)", ((4, 2), (3,))),
        Example("GRU(3)", ((4, 2),)),
        Example("GRU(2, 3, return_sequences=True, reset_after=False)", ((4, 2),)),
        Example('GRU(3, activation="sigmoid", inner_activation="hard_sigmoid", go_backwards=True)', ((4, 2),)),
        Example('GRU(3, use_bias=False, recurrent_constraint="maxnorm(2.0)")', ((4, 2),)),
    ],
    "LSTM": [
        Example("LSTM(3, dropout=0.5, recurrent_dropout=0.2)", ((4, 2), (3,), (3,))),
        Example("LSTM(3)", ((4, 2),)),
        Example('LSTM(2, 3, activation="sigmoid", inner_activation="hard_sigmoid")', ((4, 2),)),
        Example("LSTM(3, return_sequences=True, use_bias=False)", ((4, 2),)),
        Example('LSTM(3, unit_forget_bias=False, bias_initializer="normal", kernel_regularizer="l2(0.1)")', ((1, 2),)),
    ],
    "Masking": [Example("Masking()", ((4, 2),)), Example("Masking(-1.0)", ((3, 2, 2),))],
    "FinalState": [Example("FinalState(0)", ((4, 2),)), Example("FinalState(0, units=2)", ((3,),))],
    "Bidirectional": [
        Example("Bidirectional(LSTM(2, dropout=0.5, stateful=True))", ((4, 2), (2,), (2,), (2,), (2,))),
        Example("Bidirectional(LSTM(3))", ((4, 2),)),
        Example('Bidirectional(GRU(3, return_sequences=True, reset_after=False), merge_mode="ave")', ((4, 2),)),
        Example('Bidirectional(SimpleRNN(2, kernel_regularizer="l2(0.1)"), "mul", trainable=False)', ((4, 2),)),
        Example('Bidirectional(LSTM(2, activation="relu", return_sequences=True), "sum")', ((3, 2),)),
    ],
    "TimeDistributed": [
        Example('TimeDistributed(Dense(3, "tanh"))', ((4, 2),)),
        Example("TimeDistributed(Conv2D(2, 2))", ((2, 1, 3, 3),)),
        Example("TimeDistributed(Bidirectional(GRU(2)), trainable=False)", ((2, 3, 2),)),
        Example("TimeDistributed(Embedding(4, 2))", ((2, 3),)),
    ],
    "Activation": [
        Example('Activation("softmax")', ((5,),)),
        Example('Activation("tanh")', ((2, 3, 3),)),
        Example('Activation("gelu")', ((5,),)),
    ],
    "Dropout": [Example("Dropout(0.5)", ((6,),)), Example("Dropout(1)", ((6,),)), Example("Dropout(0)", ((2, 3),))],
    "Flatten": [Example("Flatten()", ((2, 3, 4),)), Example("Flatten()", ((5,),))],
    "Reshape": [
        Example("Reshape((2, 6))", ((3, 4),)),
        Example("Reshape(2, -1)", ((3, 4),)),
        Example("Reshape(12)", ((3, 4),)),
    ],
    "Conv2D": [
        Example("Conv2D(3, 3)", ((2, 6, 5),)),
        Example('Conv2D(3, (2, 4), strides=(2, 1), padding="same", activation="sigmoid")', ((2, 5, 6),)),
        Example('Conv2D(3, 2, padding="full", use_bias=False, input_channels=2)', ((2, 4, 4),)),
        Example('Conv2D(2, 3, strides=2, kernel_initializer="he_normal")', ((1, 7, 7),)),
        Example('Conv2D(4, (3, 2), padding="same", dilation_rate=(2, 3), groups=2)', ((2, 5, 7),)),
    ],
    "MaxPooling2D": [
        Example("MaxPooling2D()", ((2, 5, 4),)),
        Example("MaxPooling2D(3, strides=2, ceil_mode=True)", ((2, 6, 8),)),
        Example('MaxPooling2D((2, 3), padding="same")', ((2, 5, 5),)),
    ],
    "Conv1D": [
        Example("Conv1D(3, 2)", ((5, 4),)),
        Example('Conv1D(3, 4, strides=2, padding="same", activation="tanh")', ((5, 2),)),
        Example('Conv1D(3, (3,), padding="causal", use_bias=False)', ((5, 2),)),
        Example('Conv1D(3, 2, border_mode="full", input_channels=2)', ((5, 2),)),
        Example('Conv1D(4, 3, padding="causal", dilation_rate=2, groups=2)', ((6, 2),)),
    ],
    "Conv3D": [
        Example("Conv3D(2, 2)", ((2, 3, 3, 2),)),
        Example('Conv3D(2, (1, 2, 3), padding="same", strides=(1, 2, 1))', ((1, 2, 3, 4),)),
    ],
    "Conv2DTranspose": [
        Example("Conv2DTranspose(3, 3)", ((2, 3, 4),)),
        Example('Conv2DTranspose(2, 3, strides=2, padding="same", activation="tanh")', ((2, 3, 4),)),
        Example('Conv2DTranspose(2, (1, 2), strides=(2, 3), use_bias=False, padding="same")', ((2, 3, 2),)),
        Example("Conv2DTranspose(4, 3, strides=2, groups=2)", ((2, 3, 2),)),
    ],
    "Conv1DTranspose": [
        Example("Conv1DTranspose(3, 3)", ((4, 2),)),
        Example('Conv1DTranspose(2, 4, strides=3, padding="same", activation="softmax")', ((4, 2),)),
    ],
    "Conv3DTranspose": [
        Example("Conv3DTranspose(2, 2)", ((2, 3, 3, 2),)),
        Example('Conv3DTranspose(2, (1, 2, 3), padding="same", strides=(1, 2, 2))', ((1, 2, 3, 2),)),
    ],
    "DepthwiseConv1D": [
        Example("DepthwiseConv1D(2)", ((4, 3),)),
        Example('DepthwiseConv1D(3, padding="causal", depth_multiplier=2, activation="tanh")', ((4, 3),)),
    ],
    "SeparableConv1D": [
        Example("SeparableConv1D(3, 2)", ((4, 3),)),
        Example('SeparableConv1D(3, 2, padding="same", depth_multiplier=2, dilation_rate=2)', ((4, 3),)),
    ],
    "DepthwiseConv2D": [
        Example("DepthwiseConv2D(2)", ((2, 4, 3),)),
        Example('DepthwiseConv2D(3, padding="same", depth_multiplier=2, use_bias=False)', ((2, 4, 3),)),
    ],
    "SeparableConv2D": [
        Example("SeparableConv2D(3, 2)", ((2, 4, 3),)),
        Example('SeparableConv2D(3, 2, depth_multiplier=2, pointwise_regularizer="l2(0.1)")', ((2, 4, 3),)),
    ],
    "AveragePooling2D": [
        Example("AveragePooling2D()", ((2, 5, 4),)),
        Example('AveragePooling2D(3, strides=2, padding="same")', ((2, 5, 4),)),
    ],
    "MaxPooling1D": [
        Example("MaxPooling1D()", ((5, 2),)),
        Example('MaxPooling1D(3, strides=2, padding="same")', ((6, 2),)),
    ],
    "AveragePooling1D": [
        Example("AveragePooling1D()", ((5, 2),)),
        Example('AveragePooling1D(3, strides=2, padding="same")', ((6, 2),)),
    ],
    "MaxPooling3D": [
        Example("MaxPooling3D()", ((2, 5, 4, 2),)),
        Example('MaxPooling3D((1, 2, 3), strides=2, padding="same")', ((1, 3, 4, 5),)),
    ],
    "AveragePooling3D": [
        Example("AveragePooling3D()", ((2, 5, 4, 2),)),
        Example('AveragePooling3D((1, 2, 3), strides=2, padding="same")', ((1, 3, 4, 5),)),
    ],
    "GlobalMaxPooling1D": [
        Example("GlobalMaxPooling1D()", ((3, 4),)),
        Example("GlobalMaxPooling1D(keepdims=True)", ((3, 4),)),
    ],
    "GlobalMaxPooling2D": [
        Example("GlobalMaxPooling2D()", ((2, 3, 4),)),
        Example("GlobalMaxPooling2D(keepdims=True)", ((2, 3, 4),)),
    ],
    "GlobalMaxPooling3D": [Example("GlobalMaxPooling3D()", ((2, 3, 4, 2),))],
    "GlobalAveragePooling1D": [
        Example("GlobalAveragePooling1D()", ((3, 4),)),
        Example("GlobalAveragePooling1D(keepdims=True)", ((3, 4),)),
    ],
    "GlobalAveragePooling2D": [
        Example("GlobalAveragePooling2D()", ((2, 3, 4),)),
        Example("GlobalAveragePooling2D(keepdims=True)", ((2, 3, 4),)),
    ],
    "GlobalAveragePooling3D": [Example("GlobalAveragePooling3D(keepdims=True)", ((2, 3, 4, 2),))],
    "AdaptiveMaxPooling1D": [Example("AdaptiveMaxPooling1D(3)", ((5, 2),))],
    "AdaptiveMaxPooling2D": [Example("AdaptiveMaxPooling2D((2, 3))", ((2, 5, 4),))],
    "AdaptiveAveragePooling1D": [Example("AdaptiveAveragePooling1D(3)", ((5, 2),))],
    "AdaptiveAveragePooling2D": [
        Example("AdaptiveAveragePooling2D((2, 3))", ((2, 5, 4),)),
        Example("AdaptiveAveragePooling2D(2)", ((2, 1, 4),)),
    ],
    "UpSampling1D": [Example("UpSampling1D(3)", ((3, 2),))],
    "UpSampling2D": [
        Example("UpSampling2D()", ((2, 3, 2),)),
        Example('UpSampling2D((2, 3), interpolation="bilinear")', ((2, 3, 2),)),
        Example('UpSampling2D(2, interpolation="bicubic")', ((2, 3, 4),)),
    ],
    "UpSampling3D": [Example("UpSampling3D((1, 2, 3))", ((2, 3, 1, 2),))],
    "ZeroPadding1D": [Example("ZeroPadding1D()", ((3, 2),)), Example("ZeroPadding1D((1, 2))", ((3, 2),))],
    "ZeroPadding3D": [Example("ZeroPadding3D((1, (0, 2), 3))", ((2, 3, 2, 1),))],
    "Cropping1D": [Example("Cropping1D(1)", ((4, 2),)), Example("Cropping1D((0, 2))", ((3, 2),))],
    "Cropping3D": [Example("Cropping3D()", ((2, 3, 4, 5),)), Example("Cropping3D((1, 0, (0, 2)))", ((2, 3, 4, 5),))],
    "ZeroPadding2D": [Example("ZeroPadding2D()", ((2, 3, 2),)), Example("ZeroPadding2D(((1, 0), 2))", ((2, 3, 2),))],
    "Cropping2D": [Example("Cropping2D()", ((2, 3, 4),)), Example("Cropping2D((0, 1, 2, 0))", ((2, 3, 4),))],
    "GaussianNoise": [Example("GaussianNoise(0.5)", ((6,),)), Example("GaussianNoise(sigma=0)", ((6,),))],
    "GaussianDropout": [Example("GaussianDropout(0.5)", ((6,),)), Example("GaussianDropout(p=0)", ((6,),))],
    "SpatialDropout1D": [Example("SpatialDropout1D(0.5)", ((6, 2),)), Example("SpatialDropout1D(1)", ((6, 2),))],
    "SpatialDropout2D": [Example("SpatialDropout2D(0.5)", ((2, 3, 3),)), Example("SpatialDropout2D(0)", ((2, 3, 3),))],
    "BatchNormalization": [
        Example("BatchNormalization()", ((4,),)),
        Example("BatchNormalization(momentum=0.5, epsilon=0.1)", ((2, 3, 4),)),
        Example("BatchNormalization(axis=-1, scale=False)", ((3, 4),)),
        Example("BatchNormalization(axis=1, center=False)", ((3, 4),)),
        Example("BatchNormalization((4,))", ((4,),)),
    ],
    "Add": [Example("Add()", ((4,), (4,))), Example("Add()", ((2, 3), (2, 3), (2, 3)))],
    "Multiply": [Example("Multiply()", ((4,), (4,))), Example("Multiply()", ((2, 3), (2, 3), (2, 3)))],
    "Average": [Example("Average()", ((4,), (4,), (4,)))],
    "Maximum": [Example("Maximum()", ((4,), (4,), (4,)))],
    "Minimum": [Example("Minimum()", ((4,), (4,), (4,)))],
    "Subtract": [Example("Subtract()", ((2, 3), (2, 3)))],
    "Dot": [
        Example("Dot()", ((4,), (4,))),
        Example("Dot(1, normalize=True)", ((3, 4), (3,))),
        Example("Dot((2, 1))", ((3, 4), (4, 2))),
    ],
    "LayerNormalization": [
        Example("LayerNormalization()", ((3, 4),)),
        Example("LayerNormalization(axis=1, center=False)", ((4, 3, 3),)),
        Example("LayerNormalization(scale=False, epsilon=0.1)", ((4,),)),
    ],
    "Normalization": [
        Example("Normalization()", ((3, 4),)),
        Example("Normalization(axis=1)", ((4, 3, 3),)),
    ],
    "GroupNormalization": [
        Example("GroupNormalization(2)", ((4, 3, 3),)),
        Example("GroupNormalization(2, center=False)", ((3, 4),)),
        Example("GroupNormalization(-1, scale=False, epsilon=0.1)", ((2, 3, 3),)),
    ],
    "MultiHeadAttention": [
        Example("MultiHeadAttention(2, 3)", ((5, 4),)),
        Example("MultiHeadAttention(2, 3, value_dim=2, causal=True, use_bias=False)", ((3, 4),)),
        Example("MultiHeadAttention(num_heads=1, key_dim=3, dropout=0.5)", ((3, 4), (5, 4))),
        Example("MultiHeadAttention(2, 2)", ((3, 4), (5, 4), (5, 4))),
    ],
    "PositionEmbedding": [Example("PositionEmbedding(6)", ((5, 4),))],
    "SinePositionEncoding": [
        Example("SinePositionEncoding()", ((5, 4),)),
        Example("SinePositionEncoding(max_wavelength=100.0)", ((3, 5),)),
    ],
    "TransformerEncoder": [
        Example("TransformerEncoder(5, 2)", ((3, 4),)),
        Example(
            'TransformerEncoder(3, 1, dropout=0.5, activation="gelu", normalize_first=True, causal=True)', ((3, 4),)
        ),
    ],
    "Identity": [Example("Identity()", ((3, 4),))],
    "Lambda": [Example('Lambda("tanh")', ((3, 4),)), Example('Lambda("glu")', ((3, 4),))],
    "ActivityRegularization": [Example("ActivityRegularization(l1=0.5, l2=0.25)", ((3, 4),))],
    "Rescaling": [Example("Rescaling(0.5, offset=-1.0)", ((2, 3, 4),))],
    "UnitNormalization": [
        Example("UnitNormalization()", ((3, 4),)),
        Example("UnitNormalization(axis=1)", ((2, 3, 4),)),
    ],
    "RMSNormalization": [
        Example("RMSNormalization()", ((3, 4),)),
        Example("RMSNormalization(epsilon=0.5)", ((4,),)),
        Example("RMSNormalization(axis=1)", ((2, 3, 4),)),
    ],
    "AlphaDropout": [Example("AlphaDropout(0.5)", ((6,),)), Example("AlphaDropout(p=0)", ((6,),))],
    "SpatialDropout3D": [Example("SpatialDropout3D(0.5)", ((2, 3, 3, 2),))],
    "ReLU": [
        Example("ReLU()", ((5,),)),
        Example("ReLU(1.5, negative_slope=0.1, threshold=0.25)", ((2, 3),)),
    ],
    "ThresholdedReLU": [Example("ThresholdedReLU()", ((5,),)), Example("ThresholdedReLU(theta=0.25)", ((2, 3),))],
    "Concatenate": [
        Example("Concatenate()", ((4,), (3,))),
        Example("Concatenate(axis=1)", ((2, 3, 3), (1, 3, 3))),
        Example("Concatenate(axis=-2)", ((2, 3), (4, 3), (1, 3))),
    ],
}
ALL = [example for name, examples in EXAMPLES.items() if name in CATALOG for example in examples]
