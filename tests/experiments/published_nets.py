"""Right nets in the styles in which solutions of this exercise are published. Not installed, not released."""

import numpy as np


class Plain:
    """As in the notes: batches drawn with replacement, reg·ΣW²."""

    penalty = 1.0

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        N = X.shape[0]
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2
        if y is None:
            return scores
        shifted = scores - scores.max(axis=1, keepdims=True)
        total = np.exp(shifted).sum(axis=1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - shifted[np.arange(N), y])
        loss += self.penalty * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dscores = np.exp(shifted) / total
        dscores[np.arange(N), y] -= 1
        dscores /= N
        dhidden = dscores.dot(W2.T) * (hidden > 0)
        grads = {
            "W2": hidden.T.dot(dscores) + 2 * self.penalty * reg * W2,
            "b2": dscores.sum(axis=0),
            "W1": X.T.dot(dhidden) + 2 * self.penalty * reg * W1,
            "b1": dhidden.sum(axis=0),
        }
        return loss, grads

    def batch(self, num_train, batch_size):
        return np.random.choice(num_train, batch_size)

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95, reg=5e-6, num_iters=100,
              batch_size=200, verbose=False):  # fmt: skip
        iterations_per_epoch = max(X.shape[0] / batch_size, 1)
        history = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
        for it in range(num_iters):
            picked = self.batch(X.shape[0], batch_size)
            loss, grads = self.loss(X[picked], y=y[picked], reg=reg)
            history["loss_history"].append(loss)
            for name in self.params:
                self.params[name] -= learning_rate * grads[name]
            if it % iterations_per_epoch == 0:
                history["train_acc_history"].append((self.predict(X[picked]) == y[picked]).mean())
                history["val_acc_history"].append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return history

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)


class HalfPenaltyWithoutReplacement(Plain):
    """½·reg·ΣW², and no image twice in a batch."""

    penalty = 0.5

    def batch(self, num_train, batch_size):
        return np.random.permutation(num_train)[:batch_size]


class OwnGenerator(Plain):
    """Draws from a generator of its own, which no seed of ours reaches."""

    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        self.rng = np.random.default_rng()

    def batch(self, num_train, batch_size):
        return self.rng.choice(num_train, batch_size)
