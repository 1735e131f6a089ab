package dev.orthant.core.merge.stream;

import dev.orthant.core.checkpoint.BlockBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a tensor that has one for each token, in the order of another vocabulary.
 *
 * @param own the row of the model's own tensor that each row is, -1 where it has none
 * @param donors whose mean a row is that is not its own, row by row; without one it is zero
 */
public record TokenRows(int[] own, List<List<Donor>> donors) {

  /**
   * A row of a model's tensor.
   *
   * @param model in the order of its own vocabulary
   */
  public record Donor(SourceModel model, String tensor, int row) {}

  /** Copies the list. */
  public TokenRows {
    donors = List.copyOf(donors);
  }

  /** Reads some elements of the tensor in the new order. */
  void read(
      SourceModel model,
      String tensor,
      int width,
      long from,
      float[] into,
      int count,
      BlockBuffer buffer) {
    float[] tile = new float[count];
    int length;
    for (int done = 0; done < count; done += length) {
      int row = (int) ((from + done) / width);
      int column = (int) ((from + done) % width);
      if (own[row] >= 0) {
        length = (int) Math.min(count - done, (long) run(row) * width - column);
        model.readOwn(tensor, (long) own[row] * width + column, tile, length, buffer);
        System.arraycopy(tile, 0, into, done, length);
      } else {
        length = Math.min(count - done, width - column);
        Arrays.fill(into, done, done + length, 0);
        for (Donor donor : donors.get(row)) {
          long at = (long) donor.row() * width + column;
          donor.model().readOwn(donor.tensor(), at, tile, length, buffer);
          for (int k = 0; k < length; k++) {
            into[done + k] += tile[k] / donors.get(row).size();
          }
        }
      }
    }
  }

  /** How many rows from one on follow each other in the model's own tensor too. */
  private int run(int row) {
    int end = row + 1;
    while (end < own.length && own[end] == own[row] + end - row) {
      end++;
    }
    return end - row;
  }

  void identify(MessageDigest digest) {
    StringBuilder text = new StringBuilder(Arrays.toString(own));
    for (List<Donor> ofRow : donors) {
      ofRow.forEach(donor -> text.append(donor.model().name()).append(donor.row()).append(' '));
      text.append(';');
    }
    digest.update(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
