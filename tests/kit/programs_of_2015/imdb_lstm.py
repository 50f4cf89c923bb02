"""An LSTM reads reviews and says whether they are for or against."""

import numpy as np

from kit.datasets import imdb
from kit.layers.core import Activation, Dense, Dropout
from kit.layers.embeddings import Embedding
from kit.layers.recurrent import LSTM
from kit.models import Sequential
from kit.preprocessing import sequence
from kit.utils import np_utils

np.random.seed(1337)

max_features = 2000
maxlen = 24  # cut texts after this number of words (among top max_features most common words)
batch_size = 16
nb_epoch = 4

print("Loading data...")
(X_train, y_train), (X_test, y_test) = imdb.load_data(nb_words=max_features, test_split=0.2)
print(len(X_train), "train sequences")
print(len(X_test), "test sequences")

print("Pad sequences (samples x time)")
X_train = sequence.pad_sequences(X_train, maxlen=maxlen)
X_test = sequence.pad_sequences(X_test, maxlen=maxlen)
print("X_train shape:", X_train.shape)
print("X_test shape:", X_test.shape)

print("Build model...")
model = Sequential()
model.add(Embedding(max_features, 64))
model.add(LSTM(64, 32))
model.add(Dropout(0.5))
model.add(Dense(32, 1))
model.add(Activation("sigmoid"))

model.compile(loss="binary_crossentropy", optimizer="adam", class_mode="binary")

print("Train...")
model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=nb_epoch, validation_split=0.1, show_accuracy=True)
score = model.evaluate(X_test, y_test, batch_size=batch_size)
print("Test score:", score)

classes = model.predict_classes(X_test, batch_size=batch_size)
acc = np_utils.accuracy(classes, y_test)
print("Test accuracy:", acc)
