"""Right `neural_net.py` files in styles other than the reference's, as published solutions of the exercise have them.

For the tests: each earns every mark. Like the wrong ones, not part of the package that students install.
"""

SKELETON = '''
from __future__ import print_function

import numpy as np
{imports}

class TwoLayerNet(object):
  """
  A two-layer fully-connected neural network.
  """

  def __init__(self, input_size, hidden_size, output_size, std=1e-4{extra}):
    self.params = {{}}
    self.params['W1'] = std * np.random.randn(input_size, hidden_size)
    self.params['b1'] = np.zeros(hidden_size)
    self.params['W2'] = std * np.random.randn(hidden_size, output_size)
    self.params['b2'] = np.zeros(output_size)

  def loss(self, X, y=None, reg=0.0):
    W1, b1 = self.params['W1'], self.params['b1']
    W2, b2 = self.params['W2'], self.params['b2']
    N, D = X.shape
{loss}

  def train(self, X, y, X_val, y_val,
            learning_rate=1e-3, learning_rate_decay=0.95,
            reg=5e-6, num_iters=100,
            batch_size=200, verbose=False):
    num_train = X.shape[0]
    iterations_per_epoch = max(num_train / batch_size, 1)
    loss_history = []
    train_acc_history = []
    val_acc_history = []
    for it in range(num_iters):
{train}
      loss_history.append(loss)
{update}
      if verbose and it % 100 == 0:
        print('iteration %d / %d: loss %f' % (it, num_iters, loss))
      if it % iterations_per_epoch == 0:
        train_acc = (self.predict(X_batch) == y_batch).mean()
        val_acc = (self.predict(X_val) == y_val).mean()
        train_acc_history.append(train_acc)
        val_acc_history.append(val_acc)
        learning_rate *= learning_rate_decay
    return {{
      'loss_history': loss_history,
      'train_acc_history': train_acc_history,
      'val_acc_history': val_acc_history,
    }}

  def predict(self, X):
{predict}
'''

VECTORISED = SKELETON.format(
    imports="",
    extra="",
    loss="""
    layer1_out = X.dot(W1) + b1
    relu_out = np.maximum(0, layer1_out)
    scores = relu_out.dot(W2) + b2
    if y is None:
      return scores
    stable_scores = scores - np.max(scores, axis=1, keepdims=True)
    correct_score = stable_scores[np.arange(N), y]
    loss = np.sum(np.log(np.sum(np.exp(stable_scores), axis=1)) - correct_score)
    loss = loss / N + reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)
    grads = {}
    Dscores = np.exp(stable_scores) / np.sum(np.exp(stable_scores), axis=1, keepdims=True)
    Dscores[np.arange(N), y] -= 1
    Dscores = Dscores / N
    grads['W2'] = relu_out.T.dot(Dscores) + 2 * reg * W2
    grads['b2'] = np.sum(Dscores, axis=0)
    Drelu_out = Dscores.dot(W2.T)
    Dlayer1_out = Drelu_out * (layer1_out > 0)
    grads['W1'] = X.T.dot(Dlayer1_out) + 2 * reg * W1
    grads['b1'] = np.sum(Dlayer1_out, axis=0)
    return loss, grads
""",
    train="""
      idx = np.random.choice(num_train, batch_size, replace=True)
      X_batch = X[idx]
      y_batch = y[idx]
      loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
""",
    update="""
      self.params['W1'] -= learning_rate * grads['W1']
      self.params['b1'] -= learning_rate * grads['b1']
      self.params['W2'] -= learning_rate * grads['W2']
      self.params['b2'] -= learning_rate * grads['b2']
""",
    predict="    return np.argmax(self.loss(X), axis=1)",
)
"""As the notes from which the course grew have it, but for the logarithm."""

LOOPS = SKELETON.format(
    imports="import math\n",
    extra="",
    loss="""
    H, C = W2.shape
    a = np.zeros((N, H))
    scores = np.zeros((N, C))
    for i in range(N):
      for k in range(H):
        a[i, k] = sum(float(X[i, d]) * W1[d, k] for d in range(D)) + b1[k]
      for j in range(C):
        scores[i, j] = sum(max(a[i, k], 0.0) * W2[k, j] for k in range(H)) + b2[j]
    if y is None:
      return scores
    loss = 0.0
    grads = {name: np.zeros_like(p) for name, p in self.params.items()}
    for i in range(N):
      shift = max(scores[i])
      total = sum(math.exp(s - shift) for s in scores[i])
      loss += (math.log(total) + shift - scores[i, y[i]]) / N
      for j in range(C):
        ds = (math.exp(scores[i, j] - shift) / total - (1 if j == y[i] else 0)) / N
        grads['b2'][j] += ds
        for k in range(H):
          if a[i, k] >= 0:
            grads['W2'][k, j] += a[i, k] * ds
            grads['b1'][k] += ds * W2[k, j]
            for d in range(D):
              grads['W1'][d, k] += X[i, d] * ds * W2[k, j]
    for name in ('W1', 'W2'):
      loss += reg * (self.params[name] ** 2).sum()
      grads[name] += 2 * reg * self.params[name]
    return loss, grads
""",
    train="""
      idx = [np.random.randint(num_train) for _ in range(batch_size)]
      X_batch, y_batch = X[idx, :], y[idx]
      loss, grads = self.loss(X_batch, y_batch, reg)
""",
    update="""
      for name in grads:
        self.params[name] = self.params[name] - learning_rate * grads[name]
""",
    predict="""    y_pred = np.zeros(X.shape[0], dtype=int)
    scores = self.loss(X)
    for i in range(X.shape[0]):
      y_pred[i] = list(scores[i]).index(max(scores[i]))
    return y_pred
""",
)
"""Entry by entry, and `>=` at exactly 0."""

EINSUM = SKELETON.format(
    imports="""
def log_sum_exp(scores):
  top = scores.max(axis=1)
  return top + np.log(np.einsum('ij->i', np.exp(scores - top[:, None])))
""",
    extra=", weight_scale=1.0, dtype=np.float64",
    loss="""
    a = np.einsum('id,dk->ik', X, W1) + b1
    mask = 0.5 * (np.sign(a) + 1)
    h = a * mask
    scores = np.einsum('ik,kj->ij', h, W2) + b2
    if y is None:
      return scores
    lse = log_sum_exp(scores)
    loss = (lse - scores[range(N), y]).mean() + reg * (np.vdot(W1, W1) + np.vdot(W2, W2))
    p = np.exp(scores - lse[:, None])
    ds = (p - np.eye(len(b2))[y]) / N
    da = np.einsum('ij,kj->ik', ds, W2) * mask
    return loss, dict(
      W1=np.einsum('id,ik->dk', X, da) + 2 * reg * W1, b1=np.einsum('ik->k', da),
      W2=np.einsum('ik,ij->kj', h, ds) + 2 * reg * W2, b2=np.einsum('ij->j', ds))
""",
    train="""
      if it % int(iterations_per_epoch) == 0:
        order = np.concatenate([np.random.permutation(num_train) for _ in range(1 + batch_size // num_train)])
      start = (it * batch_size) % num_train
      X_batch = np.take(X, np.roll(order, -start)[:batch_size], axis=0)
      y_batch = np.take(y, np.roll(order, -start)[:batch_size])
      loss, grads = self.loss(X_batch, y_batch, reg=reg)
""",
    update="""
      for name, p in self.params.items():
        p += -learning_rate * grads[name]
""",
    predict="    return self.loss(X).argmax(1)",
)
"""Einstein sums, a half at exactly 0, a helper, extra parameters, and batches cut from a shuffled epoch."""

CACHED = SKELETON.format(
    imports="",
    extra="",
    loss="""
    scores = self.forward(X)
    if y is None:
      return scores
    return self.softmax_loss(y) + self.penalty(reg), self.backward(y, reg)

  def forward(self, X):
    self.X = X
    self.a1 = X @ self.params['W1'] + self.params['b1'].reshape(1, -1)
    self.h1 = self.a1.copy()
    self.h1[self.h1 < 0] = 0
    self.scores = self.h1 @ self.params['W2'] + self.params['b2'].reshape(1, -1)
    return self.scores

  def softmax_loss(self, y):
    self.shifted = self.scores - np.amax(self.scores, axis=1).reshape(-1, 1)
    self.sums = np.exp(self.shifted).sum(axis=1).reshape(-1, 1)
    log_probs = self.shifted - np.log(self.sums)
    return -log_probs[np.arange(len(y)), y].sum() / len(y)

  def penalty(self, reg):
    return reg * np.linalg.norm(self.params['W1']) ** 2 + reg * np.linalg.norm(self.params['W2']) ** 2

  def backward(self, y, reg):
    ds = np.exp(self.shifted) / self.sums
    ds[np.arange(len(y)), y] -= 1
    dW2, db2 = self.h1.T @ ds / len(y), ds.mean(axis=0)
    dh = ds @ self.params['W2'].T
    dh[self.h1 <= 0] = 0
    dW1, db1 = self.X.T @ dh / len(y), dh.mean(axis=0)
    dW1 += 2 * reg * self.params['W1']
    dW2 += 2 * reg * self.params['W2']
    return {'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2}
""",
    train="""
      batch = np.random.choice(np.arange(num_train), size=batch_size)
      X_batch, y_batch = X[batch], y[batch]
      loss, grads = self.loss(X_batch, y_batch, reg)
""",
    update="""
      for key in ['W1', 'b1', 'W2', 'b2']:
        self.params[key] += -learning_rate * grads[key]
""",
    predict="    return np.argmax(self.forward(X), axis=1)",
)
"""Methods of its own that keep what they need on `self`, and the division by N at the end of every gradient."""

RIGHT_NETS = {"vectorised": VECTORISED, "loops": LOOPS, "einsum": EINSUM, "cached": CACHED}
