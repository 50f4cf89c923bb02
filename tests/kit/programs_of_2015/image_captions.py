"""A convnet looks at an image, and a GRU gives a sequence of word vectors."""

import numpy as np

from kit.datasets import cifar10
from kit.layers.convolutional import Convolution2D, MaxPooling2D
from kit.layers.core import Activation, Dense, Dropout, Flatten, Repeat
from kit.layers.recurrent import GRU
from kit.models import Sequential

max_caption_len = 16
embedding_dim = 256

# "captions": for each image, the vectors of its class, one after the other
(images, y), _ = cifar10.load_data()
images = images.astype("float32") / 255
vectors = np.random.RandomState(1337).uniform(-1, 1, (10, max_caption_len, embedding_dim))
captions = vectors[y]

model = Sequential()
model.add(Convolution2D(32, 3, 3, 3, border_mode="full"))
model.add(Activation("relu"))
model.add(Convolution2D(32, 32, 3, 3))
model.add(Activation("relu"))
model.add(MaxPooling2D(poolsize=(2, 2)))

model.add(Convolution2D(64, 32, 3, 3, border_mode="full"))
model.add(Activation("relu"))
model.add(Convolution2D(64, 64, 3, 3))
model.add(Activation("relu"))
model.add(MaxPooling2D(poolsize=(2, 2)))

model.add(Convolution2D(128, 64, 3, 3, border_mode="full"))
model.add(Activation("relu"))
model.add(Convolution2D(128, 128, 3, 3))
model.add(Activation("relu"))
model.add(MaxPooling2D(poolsize=(2, 2)))

model.add(Flatten())
model.add(Dense(128 * 4 * 4, 256))
model.add(Activation("relu"))
model.add(Dropout(0.5))

model.add(Repeat(max_caption_len))
# the GRU below returns sequences of max_caption_len vectors of size 256 (our word embedding size)
model.add(GRU(256, 256, return_sequences=True))

model.compile(loss="mean_squared_error", optimizer="rmsprop")

model.fit(images, captions, batch_size=16, nb_epoch=2)
told = model.predict(images[:2])
