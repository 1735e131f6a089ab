package dev.orthant.eval.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A function of libtorch that DJL does not offer by itself, scripted by PyTorch 1.13:
 *
 * <pre>
 * eigh:         torch.linalg.eigh(x)[1]
 * svd:          u, s, v = torch.linalg.svd(x, full_matrices=False);
 *               torch.cat([u[:, :16] * s[:16], v[:16].t()], 0)
 * bf16_round:   x.to(torch.bfloat16)
 * bf16_linear:  torch.nn.functional.linear(x.to(torch.bfloat16), w, b).to(torch.float32)
 * </pre>
 */
final class TorchScript {

  private final Model model;
  private final ParameterStore none;

  TorchScript(String name, NDManager manager) {
    this.model = Model.newInstance(name, "PyTorch");
    this.none = new ParameterStore(manager, false);
    try (InputStream in = TorchScript.class.getResourceAsStream(name + ".pt")) {
      model.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The function's only result, through which gradients can flow. */
  NDArray apply(NDArray... arguments) {
    return model.getBlock().forward(none, new NDList(arguments), true).singletonOrThrow();
  }
}
