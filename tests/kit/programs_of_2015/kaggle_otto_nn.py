"""A deep network on a table, as one would have sent it in to a competition."""

import numpy as np
import pandas as pd

from kit.layers.advanced_activations import PReLU
from kit.layers.core import Activation, Dense, Dropout
from kit.layers.normalization import BatchNormalization
from kit.models import Sequential
from kit.utils import np_utils

np.random.seed(1337)


def load_data(path, train=True):
    """The numbers of a table, and its last column: labels to train on, else what a row is called."""
    df = pd.read_csv(path)
    X = df.values.copy()
    if train:
        np.random.shuffle(X)
        X, labels = X[:, 1:-1].astype(np.float32), X[:, -1]
        return X, labels
    X, ids = X[:, 1:].astype(np.float32), X[:, 0].astype(str)
    return X, ids


def preprocess_data(X, scaler=None):
    """Each column with mean 0 and standard deviation 1."""
    if not scaler:
        scaler = (X.mean(axis=0), X.std(axis=0))
    return (X - scaler[0]) / scaler[1], scaler


def preprocess_labels(labels, encoder=None, categorical=True):
    """The labels as numbers, or as one-hot rows."""
    if encoder is None:
        encoder = sorted(set(labels))
    y = np.array([encoder.index(label) for label in labels]).astype(np.int32)
    if categorical:
        y = np_utils.to_categorical(y)
    return y, encoder


def make_submission(y_prob, ids, encoder, fname):
    """Writes the probabilities of each row into a table."""
    with open(fname, "w") as f:
        f.write("id,")
        f.write(",".join([str(i) for i in encoder]))
        f.write("\n")
        for i, probs in zip(ids, y_prob):  # noqa: B905
            probas = ",".join([i, *[str(p) for p in probs.tolist()]])
            f.write(probas)
            f.write("\n")
    print(f"Wrote submission to file {fname}.")


print("Loading data...")
X, labels = load_data("train.csv", train=True)
X, scaler = preprocess_data(X)
y, encoder = preprocess_labels(labels)

X_test, ids = load_data("test.csv", train=False)
X_test, _ = preprocess_data(X_test, scaler)

nb_classes = y.shape[1]
print(nb_classes, "classes")

dims = X.shape[1]
print(dims, "dims")

print("Building model...")

model = Sequential()
model.add(Dense(dims, 512, init="glorot_uniform"))
model.add(PReLU((512,)))
model.add(BatchNormalization((512,)))
model.add(Dropout(0.5))

model.add(Dense(512, 512, init="glorot_uniform"))
model.add(PReLU((512,)))
model.add(BatchNormalization((512,)))
model.add(Dropout(0.5))

model.add(Dense(512, 512, init="glorot_uniform"))
model.add(PReLU((512,)))
model.add(BatchNormalization((512,)))
model.add(Dropout(0.5))

model.add(Dense(512, nb_classes, init="glorot_uniform"))
model.add(Activation("softmax"))

model.compile(loss="categorical_crossentropy", optimizer="adam")

print("Training model...")

model.fit(X, y, nb_epoch=20, batch_size=128, validation_split=0.15)

print("Generating submission...")

proba = model.predict_proba(X_test)
make_submission(proba, ids, encoder, fname="keras-otto.csv")
