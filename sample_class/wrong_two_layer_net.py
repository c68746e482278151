"""Wrong `neural_net.py` files for `05_two_layer_net`: the reference with a line or two as a student would type them.

Merged into the table in `wrong_answers`.
"""

from __future__ import annotations

from pathlib import Path

MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def reference() -> str:
    """`neural_net.py` as it is solved, without its markers."""
    path = Path(__file__).parents[1] / "source/05_two_layer_net/neural_net.py"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() not in MARKERS)


REFERENCE = reference()


def instead(*changes: tuple[str, str]) -> str:
    """The reference in which each first text, which occurs once, is replaced by the second."""
    text = REFERENCE
    for right, wrong in changes:
        if text.count(right) != 1:
            raise ValueError(f"{right!r} stands {text.count(right)} times in neural_net.py")
        text = text.replace(right, wrong)
    return text


W1 = 'self.params["W1"] = std * np.random.randn(input_size, hidden_size)'
W2 = 'self.params["W2"] = std * np.random.randn(hidden_size, output_size)'
B1 = 'self.params["b1"] = np.zeros(hidden_size)'
A = "A = X @ W1 + b1"
H = "H = np.maximum(0, A)"
SCORES = "scores = H @ W2 + b2\n"
PREDICT = "return self.forward(X)[2].argmax(axis=1)"
SHIFTED = "shifted = scores - scores.max(axis=1, keepdims=True)"
LOSS = "return np.mean(log_sums - shifted[np.arange(len(y)), y])"
SUMS = "log_sums = np.log(np.exp(shifted).sum(axis=1))"
PENALTY = 'return reg * (np.sum(W1**2) + np.sum(W2**2)), {"W1": 2 * reg * W1, "W2": 2 * reg * W2}'
TERM = "reg * (np.sum(W1**2) + np.sum(W2**2))"
SLOPES = '{"W1": 2 * reg * W1, "W2": 2 * reg * W2}'
EXPS = "exps = np.exp(scores - scores.max(axis=1, keepdims=True))"
P = "dscores = exps / exps.sum(axis=1, keepdims=True)"
ONE_HOT = "dscores[np.arange(len(y)), y] -= 1"
MEAN = "return dscores / len(y)"
LAYER_2 = "return H.T @ dscores, dscores.sum(axis=0), dscores @ W2.T"
DA = "dA = dH * (A > 0)"
LAYER_1 = "return X.T @ dA, dA.sum(axis=0)"
GRADS = "grads[name] = grads[name] + dpenalty[name]"
RETURN = "        return loss, grads\n"
STEP = "self.params[name] = self.params[name] - learning_rate * grads[name]"
DRAW = "drawn = np.random.choice(len(X), batch_size)"
BATCH = "return X[drawn], y[drawn]"
ASK = "X_batch, y_batch = self.draw_batch(X, y, batch_size)"
TRAIN_LOSS = "loss, grads = self.loss(X_batch, y_batch, reg)"
NOTE = 'history["loss_history"].append(loss)'
DECAY = "                learning_rate *= learning_rate_decay\n"
VALIDATED = 'history["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))'
EPOCH = "            if iteration % iterations_per_epoch == 0:\n"

CHANGES: dict[tuple[str, str], list[tuple[str, str]]] = {
    ("net_init", "init_zeros"): [
        (W1, 'self.params["W1"] = np.zeros((input_size, hidden_size))'),
        (W2, 'self.params["W2"] = np.zeros((hidden_size, output_size))'),
    ],
    ("net_init", "init_only_positive"): [(W1, W1.replace("randn", "rand")), (W2, W2.replace("randn", "rand"))],
    ("net_init", "init_std_ignored"): [(W1, W1.replace("std * ", "")), (W2, W2.replace("std * ", ""))],
    ("net_init", "init_std_as_variance"): [
        (W1, W1.replace("std", "np.sqrt(std)")),
        (W2, W2.replace("std", "np.sqrt(std)")),
    ],
    ("net_init", "init_biases_random"): [(B1, 'self.params["b1"] = std * np.random.randn(hidden_size)')],
    ("net_init", "init_shapes_transposed"): [
        (W1, 'self.params["W1"] = std * np.random.randn(hidden_size, input_size)'),
        (W2, 'self.params["W2"] = std * np.random.randn(output_size, hidden_size)'),
    ],
    ("net_scores", "b1_left_out"): [(A, "A = X @ W1")],
    ("net_scores", "b2_left_out"): [(SCORES, "scores = H @ W2\n")],
    ("net_scores", "biases_left_out"): [(A, "A = X.dot(W1)"), (SCORES, "scores = H.dot(W2)\n")],
    ("net_scores", "relu_missing"): [(H, "H = A")],
    ("net_scores", "relu_upside_down"): [(H, "H = np.minimum(0, A)")],
    ("net_scores", "absolute_values_for_relu"): [(H, "H = np.abs(A)")],
    ("net_scores", "bias_subtracted"): [(A, "A = X @ W1 - b1")],
    ("net_scores", "relu_on_scores"): [(SCORES, "scores = np.maximum(0, H @ W2 + b2)\n")],
    ("net_scores", "sigmoid_for_relu"): [(H, "H = 1 / (1 + np.exp(-A))")],
    ("net_scores", "max_for_maximum"): [(H, "H = np.max(0, A)")],
    ("net_scores", "probabilities_for_scores"): [
        (SCORES, "scores = np.exp(H @ W2 + b2)\n        scores /= scores.sum(axis=1, keepdims=True)\n"),
    ],
    ("net_scores", "whole_number_scores"): [
        (A, "A = np.zeros((len(X), len(b1)), dtype=X.dtype)\n        A[:] = X @ W1 + b1"),
    ],
    ("net_predict", "argmax_over_examples"): [(PREDICT, "return np.argmax(self.loss(X), axis=0)")],
    ("net_predict", "argmax_of_everything"): [(PREDICT, "return np.argmax(self.loss(X))")],
    ("net_predict", "max_for_argmax"): [(PREDICT, "return np.max(self.loss(X), axis=1)")],
    ("net_predict", "hidden_unit_for_class"): [(PREDICT, "return self.forward(X)[1].argmax(axis=1)")],
    ("net_predict", "relu_in_predict"): [(PREDICT, "return np.argmax(np.maximum(0, self.loss(X)), axis=1)")],
    ("net_predict", "biases_left_out_of_predict"): [
        (
            PREDICT,
            'hidden = np.maximum(0, X.dot(self.params["W1"]))\n'
            '        return np.argmax(hidden.dot(self.params["W2"]), axis=1)',
        )
    ],
    ("net_loss", "loss_summed"): [(LOSS, LOSS.replace("mean", "sum"))],
    ("net_loss", "loss_mean_over_classes"): [
        (LOSS, "one_hot = np.eye(scores.shape[1])[y]\n        return np.mean(one_hot * (log_sums[:, None] - shifted))"),
    ],
    ("net_loss", "loss_sign_flipped"): [(LOSS, "return np.mean(shifted[np.arange(len(y)), y] - log_sums)")],
    ("net_loss", "loss_of_every_label"): [
        (LOSS, "logp = shifted - log_sums[:, None]\n        return -np.mean(logp[:, y])"),
    ],
    ("net_loss", "loss_softmax_over_batch"): [
        (
            LOSS,
            "p = np.exp(scores) / np.sum(np.exp(scores), axis=0)\n"
            "        return -np.mean(np.log(p[np.arange(len(y)), y]))",
        )
    ],
    ("net_loss", "loss_without_log"): [(LOSS, "return -np.mean(np.exp(shifted[np.arange(len(y)), y] - log_sums))")],
    ("net_loss", "loss_in_bits"): [(LOSS, LOSS + " / np.log(2)")],
    ("net_loss", "loss_per_example"): [(LOSS, "return log_sums - shifted[np.arange(len(y)), y]")],
    ("net_loss", "class_count_from_labels"): [
        (LOSS, "one_hot = np.eye(y.max() + 1)[y]\n"
               "        return np.sum(one_hot * (log_sums[:, None] - shifted)) / len(y)"),
    ],
    ("net_stability", "row_maximum_not_subtracted"): [(SHIFTED, "shifted = scores - scores.max()")],
    ("net_stability", "log_of_a_quotient"): [
        (LOSS, "p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)\n"
               "        return -np.mean(np.log(p[np.arange(len(y)), y]))"),
    ],
    ("net_penalty", "half_reg_convention"): [(TERM, "0.5 * " + TERM), (SLOPES, '{"W1": reg * W1, "W2": reg * W2}')],
    ("net_penalty", "reg_missing_in_loss"): [(TERM, "0.0")],
    ("net_penalty", "reg_on_biases"): [(TERM, "reg * sum(np.sum(p**2) for p in self.params.values())")],
    ("net_penalty", "reg_divided_by_N"): [("loss = loss + penalty", "loss = loss + penalty / len(X)")],
    ("net_penalty", "reg_on_one_layer"): [(TERM, "reg * np.sum(W1 * W1)")],
    ("net_stability", "gradient_overflows"): [(EXPS, "exps = np.exp(scores)")],
    ("net_dscores", "one_put_in_place"): [(ONE_HOT, ONE_HOT.replace("-=", "="))],
    ("net_dscores", "dscores_softmax_over_everything"): [(P, "dscores = exps / exps.sum()")],
    ("net_layer2", "bias_gradient_largest"): [(LAYER_2, LAYER_2.replace("dscores.sum(axis=0)", "dscores.max(axis=0)"))],
    ("net_loss", "loss_softmax_over_everything"): [
        (SUMS, "log_sums = np.log(np.exp(shifted).sum()) + 0 * shifted[:, 0]"),
        (SHIFTED, "shifted = scores - scores.max()"),
    ],
    ("net_predict", "smallest_for_largest"): [(PREDICT, PREDICT.replace("argmax", "argmin"))],
    ("net_penalty", "reg_not_squared"): [(TERM, "reg * (np.sum(W1) + np.sum(W2))")],
    ("net_penalty", "reg_subtracted"): [(TERM, "reg * (np.sum(W1**2) - np.sum(W2**2))")],
    ("net_penalty", "reg_root_or_mean"): [(TERM, "reg * (np.linalg.norm(W1) + np.linalg.norm(W2))")],
    ("net_penalty", "reg_gradient_without_two"): [(SLOPES, '{"W1": reg * W1, "W2": reg * W2}')],
    ("net_penalty", "reg_missing_in_gradients"): [(SLOPES, "{}")],
    ("net_penalty", "reg_gradient_divided_by_N"): [(GRADS, "grads[name] = grads[name] + dpenalty[name] / len(X)")],
    ("net_penalty", "reg_on_bias_gradients"): [(SLOPES, "{name: 2 * reg * p for name, p in self.params.items()}")],
    ("net_dscores", "one_hot_not_subtracted"): [(ONE_HOT + "\n", "\n")],
    ("net_dscores", "dscores_not_divided"): [(MEAN, "return dscores")],
    ("net_dscores", "dscores_divided_twice"): [(MEAN, "dscores /= len(y)\n        return dscores / len(y)")],
    ("net_dscores", "dscores_divided_by_C"): [(MEAN, "return dscores / dscores.shape[1]")],
    ("net_dscores", "one_hot_after_division"): [
        (ONE_HOT, "dscores /= len(y)\n        " + ONE_HOT), (MEAN, "return dscores"),
    ],
    ("net_dscores", "one_hot_added"): [(ONE_HOT, ONE_HOT.replace("-=", "+="))],
    ("net_dscores", "every_label_in_every_row"): [(ONE_HOT, "dscores[:, y] -= 1")],
    ("net_dscores", "dscores_sign_flipped"): [(MEAN, "return -dscores / len(y)")],
    ("net_dscores", "dscores_softmax_over_batch"): [
        (EXPS, "exps = np.exp(scores - scores.max())"), (P, "dscores = exps / exps.sum(axis=0)"),
    ],
    ("net_layer2", "before_the_relu"): [
        ("self.second_layer(H, self.dscores(scores, y))", "self.second_layer(A, self.dscores(scores, y))"),
    ],
    ("net_layer2", "gradient_transposed"): [(LAYER_2, LAYER_2.replace("H.T @ dscores", "dscores.T @ H"))],
    ("net_layer2", "gradient_of_last_example"): [
        (LAYER_2, "for i in range(len(H)):\n            dW2 = np.outer(H[i], dscores[i])\n"
                  "        return dW2, dscores.sum(axis=0), dscores @ W2.T"),
    ],
    ("net_layer2", "gradient_averaged_again"): [(LAYER_2, LAYER_2.replace("sum(axis=0)", "mean(axis=0)"))],
    ("net_layer2", "bias_gradient_wrong_axis"): [(LAYER_2, LAYER_2.replace("axis=0", "axis=1"))],
    ("net_layer2", "bias_gradient_one_number"): [(LAYER_2, LAYER_2.replace("dscores.sum(axis=0)", "np.sum(dscores)"))],
    ("net_layer1", "mask_missing"): [(DA, "dA = dH * (np.maximum(0, A) >= 0)")],
    ("net_layer1", "mask_of_the_gradient"): [(DA, "dA = np.maximum(0, dH)")],
    ("net_layer1", "mask_inverted"): [(DA, "dA = np.array(dH)\n        dA[A > 0] = 0")],
    ("net_layer1", "values_for_mask"): [(DA, "dA = dH * np.maximum(0, A)")],
    ("net_layer1", "mask_without_upstream"): [(DA, "dA = (A > 0).astype(float)")],
    ("net_layer1", "averaged_between_the_layers"): [(DA, "dA = dH * (A > 0) / len(X)")],
    ("net_layer1", "b1_without_mask"): [(LAYER_1, "return X.T @ dA, dH.sum(axis=0)")],
    ("net_layer1", "W1_without_mask"): [(LAYER_1, "return X.T @ dH, dA.sum(axis=0)")],
    ("net_layer1", "relu_threshold"): [(DA, "dA = dH * (A > 1e-6)")],
    ("net_returns", "bias_gradient_two_dimensional"): [
        (LAYER_1, LAYER_1.replace("axis=0", "axis=0, keepdims=True")),
    ],
    ("net_returns", "gradients_in_single_precision"): [
        (RETURN, "        return loss, {name: grad.astype(np.float32) for name, grad in grads.items()}\n"),
    ],
    ("net_returns", "inputs_changed"): [(A, "X -= X.mean(axis=0)\n        " + A)],
    ("net_returns", "parameters_changed"): [(RETURN, "        self.params['W2'] -= 0.1 * grads['W2']\n" + RETURN)],
    ("net_returns", "gradients_pile_up"): [
        (
            RETURN,
            "        self.grads = getattr(self, 'grads', {name: np.zeros_like(p) for name, p in self.params.items()})\n"
            "        for name in grads:\n"
            "            self.grads[name] = self.grads[name] + grads[name]\n"
            "        return loss, self.grads\n",
        )
    ],
    ("net_step", "parameters_never_move"): [
        (STEP, "p = self.params[name]\n            p = p - learning_rate * grads[name]"),
    ],
    ("net_step", "biases_never_move"): [(STEP, "if name in ('W1', 'W2'):\n                " + STEP)],
    ("net_step", "uphill"): [(STEP, STEP.replace("- learning", "+ learning"))],
    ("net_step", "learning_rate_ignored"): [(STEP, STEP.replace("learning_rate * ", ""))],
    ("net_step", "step_divided_again"): [
        ("self.step(grads, learning_rate)\n", "self.step(grads, learning_rate / batch_size)\n"),
    ],
    ("net_step", "reg_not_passed_on"): [(TRAIN_LOSS, "loss, grads = self.loss(X_batch, y_batch)")],
    ("net_batches", "whole_data_for_a_batch"): [(TRAIN_LOSS, "loss, grads = self.loss(X, y, reg)")],
    ("net_batches", "same_batch_each_time"): [(BATCH, "return X[:batch_size], y[:batch_size]")],
    ("net_batches", "last_example_never_drawn"): [(DRAW, "drawn = np.random.choice(len(X) - 1, batch_size)")],
    ("net_batches", "drawn_from_the_first_few"): [(DRAW, DRAW.replace("len(X)", "min(batch_size, len(X))"))],
    ("net_batches", "labels_drawn_apart"): [(BATCH, "return X[drawn], y[np.random.choice(len(X), batch_size)]")],
    ("net_batches", "drawn_without_replacement"): [(DRAW, DRAW.replace("batch_size)", "batch_size, replace=False)"))],
    ("net_history", "learning_rate_never_decays"): [(DECAY, "                pass\n")],
    ("net_history", "learning_rate_decays_each_iteration"): [(DECAY, DECAY[4:])],
    ("net_history", "learning_rate_decays_too_early"): [
        (DECAY, "                pass\n"),
        ("            " + ASK, EPOCH + DECAY + "            " + ASK),
    ],
    ("net_history", "accuracies_each_iteration"): [
        (EPOCH, "            if True:\n"),
        (DECAY, "                if iteration % iterations_per_epoch == 0:\n    " + DECAY),
    ],
    ("net_history", "accuracies_counted"): [(VALIDATED, VALIDATED.replace("np.mean", "np.sum"))],
    ("net_history", "losses_each_epoch"): [
        (NOTE, "if iteration % iterations_per_epoch == 0:\n                " + NOTE),
    ],
    ("net_init", "init_one_number"): [(W1, 'self.params["W1"] = std')],
    ("net_scores", "layer_product_left_out"): [(SCORES, "scores = b2\n")],
    ("net_scores", "layer_product_scaled"): [(A, "A = X @ W1 / len(W1) + b1")],
    ("net_predict", "classes_negated"): [(PREDICT, PREDICT.replace("return ", "return -"))],
    ("net_loss", "scores_negated_in_loss"): [(SHIFTED, "shifted = scores.max(axis=1, keepdims=True) - scores")],
    ("net_loss", "log_of_sum_left_out"): [(SUMS, "log_sums = np.exp(shifted).sum(axis=1)")],
    ("net_loss", "loss_not_a_number"): [(SUMS, "log_sums = np.log(shifted.sum(axis=1))")],
    ("net_layer2", "gradient_scaled"): [(LAYER_2, LAYER_2.replace("H.T @", "2 * H.T @"))],
    ("net_layer1", "gradient_downhill"): [(LAYER_1, LAYER_1.replace("X.T @", "-X.T @"))],
    ("net_layer1", "dhidden_scaled"): [(LAYER_2, LAYER_2 + " / dscores.shape[1]")],
    ("net_penalty", "reg_one_matrix_twice"): [(TERM, "reg * (np.sum(W1**2) + np.sum(W1**2))")],
    ("net_penalty", "reg_gradient_scaled"): [(SLOPES, SLOPES.replace("2 * reg * W1", "3 * reg * W1"))],
    ("net_penalty", "reg_gradient_downhill"): [(SLOPES, '{"W1": -2 * reg * W1, "W2": -2 * reg * W2}')],
    ("net_penalty", "reg_not_in_its_gradient"): [(SLOPES, '{"W1": 2 * W1, "W2": 2 * W2}')],
    ("net_penalty", "reg_twice_in_its_gradient"): [(GRADS, "grads[name] = grads[name] + reg * dpenalty[name]")],
    ("net_penalty", "weights_not_in_reg_gradient"): [(SLOPES, '{"W1": 2 * reg, "W2": 2 * reg}')],
    ("net_penalty", "weights_squared_in_reg_gradient"): [(SLOPES, '{"W1": 2 * reg * W1**2, "W2": 2 * reg * W2**2}')],
    ("net_step", "step_without_gradient"): [(STEP, STEP.replace(" * grads[name]", ""))],
    ("net_step", "gradient_squared_in_step"): [(STEP, STEP.replace("grads[name]", "grads[name] ** 2"))],
    ("net_step", "parameter_lost_in_step"): [(STEP, "self.params[name] = learning_rate * grads[name]")],
    ("net_step", "step_subtracts_the_parameter"): [
        (STEP, "self.params[name] = learning_rate * grads[name] - self.params[name]"),
    ],
    ("net_history", "noted_at_other_iterations"): [(EPOCH, EPOCH.replace("== 0", "== 1"))],
    ("net_step", "argument_left_out"): [("self.step(grads, learning_rate)\n", "self.step(grads)\n")],
    ("net_predict", "index_out_of_range"): [(PREDICT, PREDICT.replace("[2]", "[3]"))],
    ("net_batches", "labels_of_another_length"): [(TRAIN_LOSS, TRAIN_LOSS.replace("y_batch", "y"))],
    ("net_predict", "no_such_axis"): [(PREDICT, PREDICT.replace("axis=1", "axis=2"))],
    ("net_layer1", "name_without_a_value"): [(LAYER_1, LAYER_1.replace("X.T @ dA", "X.T @ dA1"))],
}  # fmt: skip

RELEASED = "\n".join(
    [
        "class TwoLayerNet:",
        "    def __init__(self, input_size, hidden_size, output_size, std=1e-4):",
        "        self.params = {}",
        "        # Write your lines here, then delete the next line.",
        "        raise NotImplementedError",
    ]
)

WRONG_NETS: dict[tuple[str, str], str] = {
    (question, slug): f"{instead(*changes)}\n\n{question} = TwoLayerNet\n"
    for (question, slug), changes in CHANGES.items()
}
WRONG_NETS["net_init", "net_file_not_loaded"] = """
try:
    from a_file_with_a_slip import TwoLayerNet
except ImportError:
    pass
net_init = lambda *sizes, **named: TwoLayerNet(*sizes, **named)
"""
WRONG_NETS["net_init", "net_not_written_yet"] = f"{RELEASED}\n\nnet_init = TwoLayerNet\n"
"""(question, slug) → the file as it would be handed in, with the class under the name of the question."""
