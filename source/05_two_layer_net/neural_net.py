"""A network of two layers: affine, ReLU, affine, softmax. The interface is that of CS231n's exercise of the same name.

N examples, D numbers each, H hidden units, C classes. Write one piece after the other; the lesson has a check for each.
"""

from contextlib import suppress

import numpy as np


class TwoLayerNet:
    """`self.params`: a dict with W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), all float64."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Small random weights, zero biases.

        input_size: D. hidden_size: H. output_size: C. std: the standard deviation of the weights.
        """
        self.params = {}
        ### BEGIN SOLUTION
        self.params["W1"] = std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)
        ### END SOLUTION

    def forward(self, X):
        """From the examples to the scores.

        X: (N, D). Returns three arrays: A (N, H), the values before the ReLU; H (N, H), after it; scores (N, C).
        """
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        ### BEGIN SOLUTION
        A = X @ W1 + b1
        H = np.maximum(0, A)
        scores = H @ W2 + b2
        return A, H, scores
        ### END SOLUTION

    def predict(self, X):
        """The class with the largest score. X: (N, D). Returns (N,) integers."""
        ### BEGIN SOLUTION
        return self.forward(X)[2].argmax(axis=1)
        ### END SOLUTION

    def data_loss(self, scores, y):
        """Mean over the examples of -log(probability of the right class). scores: (N, C). y: (N,) integers below C.

        Returns one number.
        """
        ### BEGIN SOLUTION
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(shifted).sum(axis=1))
        return np.mean(log_sums - shifted[np.arange(len(y)), y])
        ### END SOLUTION

    def penalty(self, reg):
        """reg times the sum of all squared weights; biases are not counted.

        Returns that number, and a dict with what it adds to the gradients of W1 (D, H) and W2 (H, C).
        """
        W1, W2 = self.params["W1"], self.params["W2"]
        ### BEGIN SOLUTION
        return reg * (np.sum(W1**2) + np.sum(W2**2)), {"W1": 2 * reg * W1, "W2": 2 * reg * W2}
        ### END SOLUTION

    def dscores(self, scores, y):
        """Gradient of `data_loss` by the scores. scores: (N, C). y: (N,). Returns (N, C)."""
        ### BEGIN SOLUTION
        exps = np.exp(scores - scores.max(axis=1, keepdims=True))
        dscores = exps / exps.sum(axis=1, keepdims=True)
        dscores[np.arange(len(y)), y] -= 1
        return dscores / len(y)
        ### END SOLUTION

    def second_layer(self, H, dscores):
        """Back through scores = H W2 + b2. H: (N, H). dscores: (N, C).

        Returns dW2 (H, C), db2 (C,) and dH (N, H).
        """
        W2 = self.params["W2"]
        ### BEGIN SOLUTION
        return H.T @ dscores, dscores.sum(axis=0), dscores @ W2.T
        ### END SOLUTION

    def first_layer(self, X, A, dH):
        """Back through H = max(0, A), then through A = X W1 + b1. X: (N, D). A, dH: (N, H).

        Returns dW1 (D, H) and db1 (H,).
        """
        ### BEGIN SOLUTION
        dA = dH * (A > 0)
        return X.T @ dA, dA.sum(axis=0)
        ### END SOLUTION

    def loss(self, X, y=None, reg=0.0):
        """X: (N, D). y: (N,) integers below C, or None. reg: strength of the regularisation.

        Returns the scores (N, C) when y is None; otherwise the loss, one number, and a dict of its gradients by
        W1, b1, W2 and b2, each of the shape of its parameter. Puts your pieces together: nothing to write here.
        """
        A, H, scores = self.forward(X)
        if y is None:
            return scores
        loss, grads = self.data_loss(scores, y), {}
        with suppress(NotImplementedError):  # a piece you have not come to yet is left out
            grads["W2"], grads["b2"], dH = self.second_layer(H, self.dscores(scores, y))
            grads["W1"], grads["b1"] = self.first_layer(X, A, dH)
        if reg:
            penalty, dpenalty = self.penalty(reg)
            loss = loss + penalty
            for name in grads.keys() & dpenalty.keys():  # a weight is used twice: its gradients add
                grads[name] = grads[name] + dpenalty[name]
        return loss, grads

    def step(self, grads, learning_rate):
        """One step of gradient descent: changes all four parameters, returns nothing."""
        ### BEGIN SOLUTION
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        ### END SOLUTION

    def draw_batch(self, X, y, batch_size):
        """Some examples at random, with their own labels. X: (N, D). y: (N,).

        Returns X_batch (batch_size, D) and y_batch (batch_size,). batch_size may be larger than N.
        """
        ### BEGIN SOLUTION
        drawn = np.random.choice(len(X), batch_size)
        return X[drawn], y[drawn]
        ### END SOLUTION

    def train(
        self,
        X,
        y,
        X_val,
        y_val,
        learning_rate=1e-3,
        learning_rate_decay=0.95,
        reg=5e-6,
        num_iters=100,
        batch_size=200,
        verbose=False,
    ):
        """Stochastic gradient descent. X: (N, D). y: (N,). X_val, y_val: to see how it does on images it never saw.

        An epoch is N / batch_size iterations, one at least. At iteration 0 and once an epoch from then on, after the
        step: note the accuracies, then multiply learning_rate by learning_rate_decay.
        Returns a dict of three lists: loss_history, one number an iteration; train_acc_history (on the batch) and
        val_acc_history, one number each time the accuracies are noted.
        """
        history = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
        iterations_per_epoch = max(len(X) // batch_size, 1)
        for iteration in range(num_iters):
            ### BEGIN SOLUTION
            X_batch, y_batch = self.draw_batch(X, y, batch_size)
            loss, grads = self.loss(X_batch, y_batch, reg)
            history["loss_history"].append(loss)
            self.step(grads, learning_rate)
            ### END SOLUTION
            if verbose and iteration % 100 == 0:
                print(f"iteration {iteration} of {num_iters}: loss {history['loss_history'][-1]:.4f}")
            if iteration % iterations_per_epoch == 0:
                history["train_acc_history"].append(np.mean(self.predict(X_batch) == y_batch))
                history["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
                ### BEGIN SOLUTION
                learning_rate *= learning_rate_decay
                ### END SOLUTION
        return history
