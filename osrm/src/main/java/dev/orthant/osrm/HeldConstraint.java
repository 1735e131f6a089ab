package dev.orthant.osrm;

import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.SubspaceConstraint;
import java.util.EnumSet;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A rule that gives rows, their length, and how A is held to them. */
final class HeldConstraint implements SubspaceConstraint {

  /** What the rows of the basis are, before they get their length. */
  @FunctionalInterface
  interface Rule {

    /** The rows [rank, dIn]. */
    Rows rows(Request request);
  }

  private final String name;
  private final Set<Need> needs;
  private final Hold hold;
  private final OtherTasks others;
  private final double length;
  private final Rule rule;

  /**
   * @param name of the constraint, for messages
   * @param needs of the rule; a hold may need more
   * @param others what the hold refers to
   * @param length what the rule's rows are multiplied by
   */
  HeldConstraint(
      String name, Set<Need> needs, Hold hold, OtherTasks others, double length, Rule rule) {
    this.name = name;
    this.needs = EnumSet.noneOf(Need.class);
    this.needs.addAll(needs);
    if (hold instanceof Hold.Penalty || hold instanceof Hold.Projected) {
      this.needs.add(Need.OTHERS);
    }
    this.hold = hold;
    this.others = others;
    this.length = length;
    this.rule = rule;
  }

  @Override
  public Set<Need> needs() {
    return Set.copyOf(needs);
  }

  @Override
  public ConstrainedBasis basis(Request request) {
    UsableStatistics.require(name, needs, request);
    INDArray rows = rule.rows(request).times(length).toArray();
    int d = request.site().dIn();
    if (hold instanceof Hold.Penalty) {
      INDArray moment = new Rows(others.meanMoment(request), d).toArray();
      return new ConstrainedBasis(rows, hold, moment, null);
    }
    if (hold instanceof Hold.Projected projected) {
      int most = Math.max(1, d - request.rank());
      Rows avoided =
          LeadingEigenvectors.holding(others.meanMoment(request), d, projected.energy(), most);
      return new ConstrainedBasis(rows, hold, null, avoided.toArray());
    }
    return new ConstrainedBasis(rows, hold);
  }
}
