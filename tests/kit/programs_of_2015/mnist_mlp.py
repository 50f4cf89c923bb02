"""A deep network on the pixels of handwritten digits."""

import numpy as np

from kit.datasets import mnist
from kit.layers.core import Activation, Dense, Dropout
from kit.models import Sequential
from kit.optimizers import RMSprop
from kit.utils import np_utils

np.random.seed(1337)

batch_size = 64
nb_classes = 10
nb_epoch = 10

(X_train, y_train), (X_test, y_test) = mnist.load_data()

X_train = X_train.reshape(X_train.shape[0], 784)
X_test = X_test.reshape(X_test.shape[0], 784)
X_train = X_train.astype("float32")
X_test = X_test.astype("float32")
X_train /= 255
X_test /= 255
print(X_train.shape[0], "train samples")
print(X_test.shape[0], "test samples")

Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)

model = Sequential()
model.add(Dense(784, 128))
model.add(Activation("relu"))
model.add(Dropout(0.2))
model.add(Dense(128, 128))
model.add(Activation("relu"))
model.add(Dropout(0.2))
model.add(Dense(128, 10))
model.add(Activation("softmax"))

rms = RMSprop()
model.compile(loss="categorical_crossentropy", optimizer=rms)

model.fit(
    X_train, Y_train, batch_size=batch_size, nb_epoch=nb_epoch, show_accuracy=True, verbose=2,
    validation_data=(X_test, Y_test),
)  # fmt: skip
score = model.evaluate(X_test, Y_test, show_accuracy=True, verbose=0)
print("Test score:", score[0])
print("Test accuracy:", score[1])
