package dev.orthant.osrm;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orthant.core.stats.FeatureStatistics;
import dev.orthant.core.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The authors' code takes right singular vectors of a matrix X of the other tasks' means. Those are
 * the eigenvectors of X'X / n: what {@code osrm} gives of the rows of X as features, and {@code
 * osrm-means} of them as means, spans the same space.
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

  @Test
  void meansEqualTheReferenceWhereItIsUnique() {
    Golden golden = Golden.load(OsrmReferenceTest.class, "/reference/osrm/fullrank.json");
    INDArray x = golden.tensor("inputs", "X"); // [12, 8], each row the mean of a task

    INDArray rows = basisOfMeans(x);

    assertThatTensor(rows.transpose().mmul(rows).dup('c'))
        .isCloseTo(golden.tensor("outputs", "projector_AtA"), TOLERANCE, 0);
  }

  @Test
  void basisOfFewMeansLiesInTheReferencesNullSpace() {
    Golden golden = Golden.load(OsrmReferenceTest.class, "/reference/osrm/nullspace.json");
    INDArray x = golden.tensor("inputs", "X"); // [3, 8]
    INDArray projector = golden.tensor("outputs", "nullspace_projector");

    INDArray rows = basisOfMeans(x);

    assertThat(residual(x, rows)).isLessThan(TOLERANCE);
    assertThatTensor(rows.mmul(projector).dup('c')).isCloseTo(rows, TOLERANCE, 0);
    assertThatTensor(rows.mmul(rows.transpose()).dup('c'))
        .isCloseTo(Nd4j.eye(RANK).castTo(rows.dataType()), TOLERANCE, 0);
  }

  private static INDArray basis(INDArray x) {
    FeatureStatistics all = Features.of("features", x.toDoubleMatrix());
    return new OsrmFactory()
        .create(OsrmConfig.defaults())
        .basis(Features.request(RANK, null, List.of(all), 1))
        .rows();
  }

  private static INDArray basisOfMeans(INDArray x) {
    List<FeatureStatistics> tasks = new ArrayList<>();
    for (double[] mean : x.toDoubleMatrix()) {
      tasks.add(Features.of("task" + tasks.size(), mean));
    }
    return new OsrmMeansFactory()
        .create(OsrmMeansConfig.defaults())
        .basis(Features.request(RANK, null, tasks, 1))
        .rows();
  }

  /** ||X A'|| in double precision. */
  private static double residual(INDArray x, INDArray rows) {
    return x.castTo(DataType.DOUBLE)
        .mmul(rows.castTo(DataType.DOUBLE).transpose())
        .norm2Number()
        .doubleValue();
  }
}
