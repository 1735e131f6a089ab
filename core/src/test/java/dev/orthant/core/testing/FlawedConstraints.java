package dev.orthant.core.testing;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.stats.FeatureStatistics;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A constraint to the smallest directions of the others' mean second moment that can be broken in
 * one way at a time.
 */
final class FlawedConstraints implements SubspaceConstraintFactory<FlawedConstraints.Config> {

  /** What is wrong. */
  enum Flaw {
    NONE,
    ROWS_TOO_LONG,
    LARGEST_DIRECTIONS,
    DEPENDS_ON_SCALE,
    MODIFIES_STATISTICS,
    DRAWS_WITHOUT_SEED,
    ACCEPTS_NO_STATISTICS,
    ACCEPTS_OTHER_SIZES,
    ACCEPTS_NOT_A_NUMBER
  }

  record Config() {}

  private final Flaw flaw;

  FlawedConstraints(Flaw flaw) {
    this.flaw = flaw;
  }

  @Override
  public String name() {
    return "flawed";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public String summary() {
    return "a constraint that is broken on purpose";
  }

  @Override
  public Set<ConstraintLaw> laws() {
    return EnumSet.allOf(ConstraintLaw.class);
  }

  @Override
  public SubspaceConstraint create(Config config) {
    return new SubspaceConstraint() {
      @Override
      public Set<Need> needs() {
        return Set.of(Need.OTHERS);
      }

      @Override
      public ConstrainedBasis basis(Request request) {
        check(request);
        return new ConstrainedBasis(rows(request), new Hold.InitOnly());
      }
    };
  }

  private void check(SubspaceConstraint.Request request) {
    if (request.others().isEmpty() && flaw != Flaw.ACCEPTS_NO_STATISTICS) {
      throw new IllegalArgumentException("nothing for " + request.site().module());
    }
    for (FeatureStatistics task : request.others()) {
      if (task.dimension() != request.site().dIn() && flaw != Flaw.ACCEPTS_OTHER_SIZES) {
        throw new IllegalArgumentException("wrong size, task " + task.task());
      }
      boolean finite = Arrays.stream(task.gram()).allMatch(Double::isFinite);
      if (!finite && flaw != Flaw.ACCEPTS_NOT_A_NUMBER) {
        throw new IllegalArgumentException("not a number, task " + task.task());
      }
    }
  }

  private INDArray rows(SubspaceConstraint.Request request) {
    int d = request.site().dIn();
    int rank = request.rank();
    double[][] moment = new double[d][d];
    for (FeatureStatistics task : request.others()) {
      for (int i = 0; i < Math.min(d * d, task.gram().length); i++) {
        double value = task.gram()[i] / task.count();
        moment[i / d][i % d] += Double.isNaN(value) ? 0 : value;
      }
      if (flaw == Flaw.MODIFIES_STATISTICS) {
        task.gram()[0] = 0;
      }
    }
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += moment[i][i];
    }
    boolean wrong =
        flaw == Flaw.LARGEST_DIRECTIONS || (flaw == Flaw.DEPENDS_ON_SCALE && trace > 1000);
    return switch (flaw) {
      case DRAWS_WITHOUT_SEED -> RandomStatistics.orthonormalRows(rank, d, new Random().nextLong());
      case ACCEPTS_NO_STATISTICS, ACCEPTS_OTHER_SIZES, ACCEPTS_NOT_A_NUMBER ->
          RandomStatistics.orthonormalRows(rank, d, 1);
      case ROWS_TOO_LONG -> eigenvectors(moment, rank, false).mul(1.001);
      default -> eigenvectors(moment, rank, wrong);
    };
  }

  private static INDArray eigenvectors(double[][] moment, int rank, boolean largest) {
    // Commons Math orders eigenvalues from the largest to the smallest
    EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(moment));
    int d = moment.length;
    float[] rows = new float[rank * d];
    for (int i = 0; i < rows.length; i++) {
      int which = largest ? i / d : d - 1 - i / d;
      rows[i] = (float) eigen.getEigenvector(which).getEntry(i % d);
    }
    return Nd4j.createFromArray(rows).reshape('c', rank, d);
  }
}
