package dev.orthant.eval.files;

import dev.orthant.core.plugin.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The columns that are asked for, found among those of a file. */
record Header(List<String> asked, int[] positions) {

  static Header find(String place, List<String> asked, List<String> columns) {
    int[] positions = new int[asked.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = columns.indexOf(asked.get(i));
      if (positions[i] < 0) {
        throw missing(place, asked.get(i), columns);
      }
    }
    return new Header(asked, positions);
  }

  static BadRowException missing(String place, String column, List<String> columns) {
    return new BadRowException(
        place,
        "no column '%s' among %s%s".formatted(column, columns, NearestName.hint(column, columns)));
  }

  /** Whether a row has all columns that are asked for. */
  boolean covers(List<String> fields) {
    return Arrays.stream(positions).allMatch(position -> position < fields.size());
  }

  /** The values of a row. */
  List<String> values(String place, List<String> fields) {
    List<String> values = new ArrayList<>(positions.length);
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] >= fields.size()) {
        throw new BadRowException(
            place,
            "column '%s' is number %d, but the line has %d fields"
                .formatted(asked.get(i), positions[i] + 1, fields.size()));
      }
      values.add(fields.get(positions[i]));
    }
    return values;
  }
}
