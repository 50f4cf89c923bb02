"""A convnet on small photographs, which are varied while it trains."""

from kit.datasets import cifar10
from kit.layers.convolutional import Convolution2D, MaxPooling2D
from kit.layers.core import Activation, Dense, Dropout, Flatten
from kit.models import Sequential
from kit.optimizers import SGD
from kit.preprocessing.image import ImageDataGenerator
from kit.utils import generic_utils, np_utils

batch_size = 32
nb_classes = 10
nb_epoch = 2
data_augmentation = True

(X_train, y_train), (X_test, y_test) = cifar10.load_data(test_split=0.1)
print(X_train.shape[0], "train samples")
print(X_test.shape[0], "test samples")

Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)

model = Sequential()

model.add(Convolution2D(32, 3, 3, 3, border_mode="full"))
model.add(Activation("relu"))
model.add(Convolution2D(32, 32, 3, 3))
model.add(Activation("relu"))
model.add(MaxPooling2D(poolsize=(2, 2)))
model.add(Dropout(0.25))

model.add(Convolution2D(64, 32, 3, 3, border_mode="full"))
model.add(Activation("relu"))
model.add(Convolution2D(64, 64, 3, 3))
model.add(Activation("relu"))
model.add(MaxPooling2D(poolsize=(2, 2)))
model.add(Dropout(0.25))

model.add(Flatten())
model.add(Dense(64 * 8 * 8, 512, init="normal"))
model.add(Activation("relu"))
model.add(Dropout(0.5))

model.add(Dense(512, nb_classes, init="normal"))
model.add(Activation("softmax"))

sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss="categorical_crossentropy", optimizer=sgd)

train_losses, test_scores = [], []

if not data_augmentation:
    model.fit(X_train / 255.0, Y_train, batch_size=batch_size, nb_epoch=1)
else:
    datagen = ImageDataGenerator(
        featurewise_center=True,  # set input mean to 0 over the dataset
        samplewise_center=False,
        featurewise_std_normalization=True,  # divide inputs by std of the dataset
        samplewise_std_normalization=False,
        zca_whitening=False,
        rotation_range=20,  # degrees
        width_shift_range=0.2,  # fraction of total width
        height_shift_range=0.2,
        horizontal_flip=True,
        vertical_flip=False,
    )
    datagen.fit(X_train)

    for e in range(nb_epoch):
        print("-" * 40)
        print("Epoch", e)
        print("-" * 40)
        print("Training...")
        progbar = generic_utils.Progbar(X_train.shape[0])
        for X_batch, Y_batch in datagen.flow(X_train, Y_train):
            loss = model.train(X_batch, Y_batch)
            progbar.add(X_batch.shape[0], values=[("train loss", loss)])
            train_losses.append(loss)

        print("Testing...")
        progbar = generic_utils.Progbar(X_test.shape[0])
        for X_batch, Y_batch in datagen.flow(X_test, Y_test):
            score = model.test(X_batch, Y_batch)
            progbar.add(X_batch.shape[0], values=[("test loss", score)])
            test_scores.append(score)
