package dev.orthant.core.adapter;

import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.ConstrainedBasis.Side;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.ShapeMismatchException;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The outer factors of a low-rank adapter, under PEFT's names. */
public final class LowRankFactors {

  /** The name of A. */
  public static final String A = "lora_A";

  /** The name of B. */
  public static final String B = "lora_B";

  /** The name of a mixer between A and B. */
  public static final String MIXER = "lora_mixer";

  private LowRankFactors() {}

  /**
   * The factor A [rank, dIn]: the rows of the site's basis, held as the constraint says, or else
   * drawn from the site's random numbers; zero where the basis is B's.
   *
   * @throws ShapeMismatchException if the basis is not [rank, dIn]
   */
  public static Parameter a(AdapterSite site, int rank, InitialA initial) {
    int dIn = site.site().dIn();
    Optional<ConstrainedBasis> basis = site.basis();
    if (basis.isEmpty()) {
      return Parameter.trainable(A, initial.draw(site.random(), rank, dIn));
    }
    if (basis.get().side() == Side.OUTPUT) {
      return Parameter.trainable(A, Nd4j.zeros(DataType.FLOAT, rank, dIn));
    }
    INDArray rows = rows(site, basis.get(), rank, dIn);
    return Parameter.trainable(A, rows.dup('c')).heldBy(basis.get());
  }

  /**
   * The factor B [dOut, rank]: zero, or the transpose of a basis of the output side, held as the
   * constraint says. As one of A and B is zero, a fresh adapter changes nothing.
   *
   * @throws ShapeMismatchException if the basis is B's and not [rank, dOut]
   */
  public static Parameter b(AdapterSite site, int rank) {
    int dOut = site.site().dOut();
    Optional<ConstrainedBasis> basis = site.basis().filter(b -> b.side() == Side.OUTPUT);
    if (basis.isEmpty()) {
      return Parameter.trainable(B, Nd4j.zeros(DataType.FLOAT, dOut, rank));
    }
    INDArray rows = rows(site, basis.get(), rank, dOut);
    return Parameter.trainable(B, rows.transpose().dup('c')).heldBy(basis.get());
  }

  private static INDArray rows(AdapterSite site, ConstrainedBasis basis, int rank, int width) {
    long[] expected = {rank, width};
    if (!Arrays.equals(basis.rows().shape(), expected)) {
      throw new ShapeMismatchException(
          "basis of module " + site.site().module(), expected, basis.rows().shape());
    }
    return basis.rows();
  }
}
