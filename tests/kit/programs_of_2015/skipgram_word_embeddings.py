"""Word vectors from which words stand near each other, one text at a time."""

import numpy as np

from kit.datasets import definitions
from kit.layers.embeddings import WordContextProduct
from kit.models import Sequential
from kit.preprocessing import sequence, text
from kit.utils import generic_utils, np_utils

max_features = 1000  # vocabulary size: top 1,000 most common words in data
skip_top = 10  # ignore top 10 most common words
nb_epoch = 5
dim_proj = 32  # embedding space dimension
max_texts = 300


def text_generator():
    """The texts, one after the other."""
    texts, _ = definitions.load_texts()
    yield from texts[:max_texts]


print("Fit tokenizer...")
tokenizer = text.Tokenizer(nb_words=max_features)
tokenizer.fit_on_texts(text_generator())

sampling_table = sequence.make_sampling_table(max_features, 1e-3)

model = Sequential()
model.add(WordContextProduct(max_features, proj_dim=dim_proj, init="uniform"))
model.compile(loss="mse", optimizer="rmsprop")

epoch_losses = []
for e in range(nb_epoch):
    print("-" * 40)
    print("Epoch", e)
    print("-" * 40)

    progbar = generic_utils.Progbar(tokenizer.document_count)
    samples_seen = 0
    losses = []
    every = []

    for i, seq in enumerate(tokenizer.texts_to_sequences_generator(text_generator())):
        # get skipgram couples for one text in the dataset
        couples, labels = sequence.skipgrams(
            seq, max_features, window_size=4, negative_samples=1.0, sampling_table=sampling_table
        )
        if couples:
            # one gradient update per sentence (one sentence = a few 1000s of word couples)
            X = np.array(couples, dtype="int32")
            loss = model.train(X, labels)
            losses.append(loss)
            every.append(loss)
            if len(losses) % 100 == 0:
                progbar.update(i, values=[("loss", np.mean(losses))])
                losses = []
            samples_seen += len(labels)
    print("Samples seen:", samples_seen)
    epoch_losses.append(np.mean(every))
print("Training completed!")

# recover the embedding weights trained with skipgram:
weights = model.layers[0].get_weights()[0]

# we no longer need this
del model

weights[:skip_top] = np.zeros((skip_top, dim_proj))
norm_weights = np_utils.normalize(weights)

word_index = tokenizer.word_index
reverse_word_index = dict([(v, k) for k, v in list(word_index.items())])  # noqa: C404


def embed_word(w):
    """The unit vector of a word, or None."""
    i = word_index.get(w)
    if (not i) or (i < skip_top) or (i >= max_features):
        return None
    return norm_weights[i]


def closest_to_point(point, nb_closest=10):
    """The words that are nearest to a point, and how near."""
    proximities = np.dot(norm_weights, point)
    tups = list(zip(list(range(len(proximities))), proximities))  # noqa: B905
    tups.sort(key=lambda x: x[1], reverse=True)
    return [(reverse_word_index.get(t[0]), t[1]) for t in tups[:nb_closest]]


def closest_to_word(w, nb_closest=10):
    """The words that are nearest to a word."""
    i = word_index.get(w)
    if (not i) or (i < skip_top) or (i >= max_features):
        return []
    return closest_to_point(norm_weights[i].T, nb_closest)


for word in ("tree", "animal", "city"):
    print("====", word)
    for r in closest_to_word(word):
        print(r)
