package dev.orthant.core.adapter;

import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
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

  private LowRankFactors() {}

  /**
   * The factor A [rank, dIn]: the rows of the site's basis, held as the constraint says, or else
   * drawn from the site's random numbers.
   *
   * @throws ShapeMismatchException if the basis is not [rank, dIn]
   */
  public static Parameter a(AdapterSite site, int rank, InitialA initial) {
    int dIn = site.site().dIn();
    Optional<ConstrainedBasis> basis = site.basis();
    if (basis.isEmpty()) {
      return Parameter.trainable(A, initial.draw(site.random(), rank, dIn));
    }
    INDArray rows = basis.get().rows();
    long[] expected = {rank, dIn};
    if (!Arrays.equals(rows.shape(), expected)) {
      throw new ShapeMismatchException(
          "basis of module " + site.site().module(), expected, rows.shape());
    }
    return Parameter.trainable(A, rows.dup('c')).heldBy(basis.get());
  }

  /** The factor B [dOut, rank], zero: a fresh adapter changes nothing. */
  public static Parameter b(AdapterSite site, int rank) {
    return Parameter.trainable(B, Nd4j.zeros(DataType.FLOAT, site.site().dOut(), rank));
  }
}
