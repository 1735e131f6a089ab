package dev.orthant.eval.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** The sum as a dense matrix, {@code torch.linalg.svd} of it, and its first 16 triples. */
final class LibtorchRecompression implements Side {

  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final TorchScript svd;

  LibtorchRecompression(int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    this.svd = new TorchScript("svd", manager);
  }

  @Override
  public double run() {
    int n = Recompression.SIZE;
    int rank = Recompression.RANK;
    try (NDManager step = manager.newSubManager()) {
      NDArray sum = step.zeros(new Shape(n, n));
      for (int i = 0; i < Recompression.ADAPTERS; i++) {
        NDArray a = step.create(Recompression.factor(i, 0), new Shape(rank, n));
        NDArray b = step.create(Recompression.factor(i, 1), new Shape(n, rank));
        sum.addi(b.matMul(a));
      }
      NDArray factors = svd.apply(sum); // [2n, rank]: b, which has the scale, upon a'
      factors.attach(step);
      return factors.get(":" + n).flatten().norm().toFloatArray()[0];
    }
  }
}
