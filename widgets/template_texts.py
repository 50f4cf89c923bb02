"""The architectures that a builder opens with, as the text that makes each."""

MLP = """
from kit.layers import Dense, Dropout, Flatten, Input
from kit.models import Sequential

model = Sequential([
    Input((1, 8, 8)),
    Flatten(),
    Dense(64, activation="tanh"),
    Dropout(0.5),
    Dense(64, activation="tanh"),
    Dropout(0.5),
    Dense(10, activation="softmax"),
])
"""

VGG = """
from kit.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from kit.models import Sequential

model = Sequential([
    Input((1, 8, 8)),
    Conv2D(32, 3, padding="same", activation="relu"),
    Conv2D(32, 3, activation="relu"),
    MaxPooling2D(),
    Dropout(0.25),
    Conv2D(64, 3, padding="same", activation="relu"),
    Conv2D(64, 2, activation="relu"),
    MaxPooling2D(),
    Dropout(0.25),
    Flatten(),
    Dense(256, activation="relu"),
    Dropout(0.5),
    Dense(10, activation="softmax"),
])
"""

LENET = """
from kit.layers import AveragePooling2D, Conv2D, Dense, Flatten, Input
from kit.models import Sequential

model = Sequential([
    Input((1, 8, 8)),
    Conv2D(6, 3, padding="same", activation="tanh"),
    AveragePooling2D(),
    Conv2D(16, 3, activation="tanh"),
    AveragePooling2D(),
    Flatten(),
    Dense(120, activation="tanh"),
    Dense(84, activation="relu"),
    Dense(10, activation="softmax"),
])
"""

RESNET = """
from kit.layers import Activation, Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input
from kit.models import Model

image = Input((1, 8, 8), name="image")
conv2d_1 = Conv2D(16, 3, padding="same", use_bias=False)(image)
batchnormalization_1 = BatchNormalization(momentum=0.9)(conv2d_1)
activation_1 = Activation("relu")(batchnormalization_1)
activation_3 = activation_1
# title: Residual block
for _ in range(3):
    conv2d_2 = Conv2D(16, 3, padding="same", use_bias=False)(activation_3)
    batchnormalization_2 = BatchNormalization(momentum=0.9)(conv2d_2)
    activation_2 = Activation("relu")(batchnormalization_2)
    conv2d_3 = Conv2D(16, 3, padding="same", use_bias=False)(activation_2)
    batchnormalization_3 = BatchNormalization(momentum=0.9)(conv2d_3)
    add_1 = Add()([batchnormalization_3, activation_3])  # the way past the convolutions
    activation_3 = Activation("relu")(add_1)
globalaveragepooling2d_1 = GlobalAveragePooling2D()(activation_3)
dense_1 = Dense(10, activation="softmax")(globalaveragepooling2d_1)
model = Model(image, dense_1)
"""

UNET = """
from kit.layers import Concatenate, Conv2D, Input, MaxPooling2D, UpSampling2D
from kit.models import Model

noisy = Input((1, 8, 8), name="noisy")
fine = Conv2D(16, 3, padding="same", activation="relu", name="fine")(noisy)
maxpooling2d_1 = MaxPooling2D()(fine)
coarse = Conv2D(32, 3, padding="same", activation="relu", name="coarse")(maxpooling2d_1)
maxpooling2d_2 = MaxPooling2D()(coarse)
bottom = Conv2D(64, 3, padding="same", activation="relu", name="bottom")(maxpooling2d_2)
upsampling2d_1 = UpSampling2D()(bottom)
concatenate_1 = Concatenate(axis=1)([coarse, upsampling2d_1])  # what was seen on the way down
conv2d_1 = Conv2D(32, 3, padding="same", activation="relu")(concatenate_1)
upsampling2d_2 = UpSampling2D()(conv2d_1)
concatenate_2 = Concatenate(axis=1)([fine, upsampling2d_2])
conv2d_2 = Conv2D(16, 3, padding="same", activation="relu")(concatenate_2)
conv2d_3 = Conv2D(1, 1, activation="sigmoid")(conv2d_2)  # for each pixel, whether it is ink
model = Model(noisy, conv2d_3)
"""

AUTOENCODER = """
from kit.layers import Dense, Flatten, Input, Reshape
from kit.models import Sequential

model = Sequential([
    Input((1, 8, 8)),
    Flatten(),
    Dense(32, activation="relu"),
    Dense(8, activation="relu"),  # title: Code
    Dense(32, activation="relu"),
    Dense(64, activation="sigmoid"),
    Reshape((1, 8, 8)),
])
"""

LSTM = """
from kit.layers import Dense, Dropout, Embedding, Input, LSTM
from kit.models import Sequential

model = Sequential([
    Input((24,)),
    Embedding(2000, 32),
    LSTM(32),
    Dropout(0.5),
    Dense(5, activation="softmax"),
])
"""

TAGGER = """
from kit.layers import Dense, Embedding, GRU, Input
from kit.models import Sequential

model = Sequential([
    Input((24,)),
    Embedding(2000, 32),
    GRU(32, return_sequences=True),
    Dense(3, activation="softmax"),  # for each word: no word, what is named, what is said of it
])
"""

TRANSFORMER = """
from kit.layers import (
    Add,
    Dense,
    Dropout,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    LayerNormalization,
    MultiHeadAttention,
    PositionEmbedding,
)
from kit.models import Model

words = Input((24,), name="words")
embedding_1 = Embedding(2000, 32)(words)
positionembedding_1 = PositionEmbedding(24)(embedding_1)
layernormalization_1 = LayerNormalization()(positionembedding_1)
layernormalization_3 = layernormalization_1
# title: Encoder block
for _ in range(2):
    multiheadattention_1 = MultiHeadAttention(2, 16)(layernormalization_3)
    add_1 = Add()([layernormalization_3, multiheadattention_1])
    layernormalization_2 = LayerNormalization()(add_1)
    dense_1 = Dense(64, activation="relu")(layernormalization_2)
    dense_2 = Dense(32)(dense_1)
    add_2 = Add()([layernormalization_2, dense_2])
    layernormalization_3 = LayerNormalization()(add_2)
globalaveragepooling1d_1 = GlobalAveragePooling1D()(layernormalization_3)
dropout_1 = Dropout(0.5)(globalaveragepooling1d_1)
dense_3 = Dense(5, activation="softmax")(dropout_1)
model = Model(words, dense_3)
"""

CAPTIONS = """
from kit.layers import Conv2D, Dense, Flatten, GRU, Input, MaxPooling2D, RepeatVector
from kit.models import Sequential

model = Sequential([
    Input((3, 16, 16)),
    Conv2D(16, 3, padding="same", activation="relu"),
    MaxPooling2D(),
    Conv2D(32, 3, padding="same", activation="relu"),
    MaxPooling2D(),
    Flatten(),
    Dense(64, activation="relu"),
    RepeatVector(7),  # the picture once for each word
    GRU(64, return_sequences=True),
    Dense(16),  # a vector for each word
])
"""

OTTO = """
from kit.layers import BatchNormalization, Dense, Dropout, Input, PReLU
from kit.models import Sequential

model = Sequential()
model.add(Input((30,)))
# title: Dense, PReLU, normalized
for _ in range(3):
    model.add(Dense(128))
    model.add(PReLU())
    model.add(BatchNormalization(momentum=0.9))
    model.add(Dropout(0.5))
model.add(Dense(2, activation="softmax"))
"""

SKIP_GRAM = """
from kit.layers import Input, WordContextProduct
from kit.models import Sequential

model = Sequential([
    Input((2,)),
    WordContextProduct(1000, proj_dim=32),
])
"""
