package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint.Request;
import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.Golden;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The authors' code takes right singular vectors of a matrix X of the other tasks' means. Those are
 * the eigenvectors of X'X / n, so that ours of the rows of X as features span the same space.
 */
final class OsrmReferenceTest {

  /** A singular value decomposition in single precision on the other side. */
  private static final double TOLERANCE = 1e-5;

  private static final int RANK = 2;

  @Test
  void spanEqualsTheReferenceWhereItIsUnique() {
    Golden golden = Golden.load(OsrmReferenceTest.class, "/reference/osrm/fullrank.json");
    INDArray x = golden.tensor("inputs", "X"); // [n, d]

    INDArray rows = basis(x);

    assertThatTensor(rows.transpose().mmul(rows).dup('c'))
        .isCloseTo(golden.tensor("outputs", "projector_AtA"), TOLERANCE, 0);
    double expected = golden.at("outputs", "residual_fro", "data").get(0).asDouble();
    assertThat(residual(x, rows)).isCloseTo(expected, within(TOLERANCE * expected));
  }

  @Test
  void rowsLieInTheNullSpaceOfFewMeans() {
    Golden golden = Golden.load(OsrmReferenceTest.class, "/reference/osrm/nullspace.json");
    INDArray x = golden.tensor("inputs", "X"); // [3, 8]
    INDArray projector = golden.tensor("outputs", "nullspace_projector");

    INDArray rows = basis(x);

    assertThat(residual(x, rows)).isLessThan(TOLERANCE);
    assertThatTensor(rows.mmul(projector).dup('c')).isCloseTo(rows, TOLERANCE, 0);
  }

  private static INDArray basis(INDArray x) {
    int d = (int) x.size(1);
    INDArray features = x.castTo(DataType.DOUBLE);
    FeatureStatistics statistics =
        new FeatureStatistics(
            "means",
            x.size(0),
            features.sum(0).dup('c').data().asDouble(),
            features.transpose().mmul(features).dup('c').data().asDouble());
    Request request =
        new Request(
            new Site("layer", 0, d, d), RANK, Optional.empty(), List.of(statistics), new Random(1));
    return new OsrmFactory().create(OsrmConfig.defaults()).basis(request).rows();
  }

  /** ||X A'|| in double precision. */
  private static double residual(INDArray x, INDArray rows) {
    return x.castTo(DataType.DOUBLE)
        .mmul(rows.castTo(DataType.DOUBLE).transpose())
        .norm2Number()
        .doubleValue();
  }
}
