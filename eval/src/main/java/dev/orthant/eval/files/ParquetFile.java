package dev.orthant.eval.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/*
 * Columns are read one by one through Apache's own reader, so that only those asked for are
 * decoded. The reader refers to some classes of Hadoop: parquet-floor brings stand-ins for them,
 * and where there is a real Hadoop, as beside Spark, parquet-hadoop alone will do. Hadoop's codecs
 * are not among the stand-ins, see ParquetCodecs.
 */
/** Reads flat columns: text, numbers, and true and false. Missing values are empty. */
final class ParquetFile {

  private ParquetFile() {}

  static void read(Path file, List<String> columns, RowReader.Sink sink) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      FileMetaData metadata = reader.getFooter().getFileMetaData();
      MessageType asked = projection(metadata.getSchema(), columns);
      reader.setRequestedSchema(asked);
      long row = 0;
      for (PageReadStore group = reader.readNextRowGroup();
          group != null;
          group = reader.readNextRowGroup()) {
        ColumnReadStore store =
            new ColumnReadStoreImpl(group, new Ignored(), asked, metadata.getCreatedBy());
        row = readGroup(store, group.getRowCount(), asked, columns, row, sink);
      }
    } catch (RuntimeException e) {
      if (e instanceof BadRowException) {
        throw e;
      }
      throw new IOException("is not a Parquet file, or damaged: " + e.getMessage(), e);
    }
  }

  private static long readGroup(
      ColumnReadStore store,
      long rows,
      MessageType schema,
      List<String> columns,
      long before,
      RowReader.Sink sink) {
    List<Column> readers = new ArrayList<>();
    for (String column : columns) {
      ColumnDescriptor descriptor = schema.getColumnDescription(new String[] {column});
      readers.add(new Column(descriptor, store.getColumnReader(descriptor)));
    }
    for (long i = 1; i <= rows; i++) {
      List<String> values = new ArrayList<>(readers.size());
      readers.forEach(column -> values.add(column.next()));
      sink.row("row " + (before + i), values);
    }
    return before + rows;
  }

  /** The columns asked for, each once, in the order of the file. */
  private static MessageType projection(MessageType schema, List<String> columns) {
    List<String> names = schema.getFields().stream().map(Type::getName).toList();
    for (String column : columns) {
      if (!names.contains(column)) {
        throw Header.missing("columns", column, names);
      }
      requireReadable(column, schema.getType(column));
    }
    return new MessageType(
        schema.getName(),
        schema.getFields().stream().filter(f -> columns.contains(f.getName())).toList());
  }

  private static void requireReadable(String column, Type type) {
    if (!type.isPrimitive() || type.isRepetition(Type.Repetition.REPEATED) || !isPlain(type)) {
      throw new BadRowException(
          "columns", "'%s' must be text or a number, was '%s'".formatted(column, type));
    }
  }

  private static boolean isPlain(Type type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    PrimitiveTypeName stored = type.asPrimitiveType().getPrimitiveTypeName();
    return switch (stored) {
      case BOOLEAN, FLOAT, DOUBLE -> true;
      case INT32, INT64 -> meaning == null || meaning instanceof IntLogicalTypeAnnotation;
      case BINARY ->
          meaning == null
              || meaning instanceof StringLogicalTypeAnnotation
              || meaning instanceof EnumLogicalTypeAnnotation;
      default -> false;
    };
  }

  /** One column of a row group, read from its first row to its last. */
  private record Column(ColumnDescriptor descriptor, ColumnReader reader) {

    String next() {
      boolean there = reader.getCurrentDefinitionLevel() == descriptor.getMaxDefinitionLevel();
      String value = there ? value() : "";
      reader.consume();
      return value;
    }

    private String value() {
      return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
        case BOOLEAN -> String.valueOf(reader.getBoolean());
        case INT32 -> String.valueOf(reader.getInteger());
        case INT64 -> String.valueOf(reader.getLong());
        case FLOAT -> String.valueOf(reader.getFloat());
        case DOUBLE -> String.valueOf(reader.getDouble());
        default -> reader.getBinary().toStringUsingUTF8();
      };
    }
  }

  /** Values are taken from the columns, not sent to converters, which the reader wants even so. */
  private static final class Ignored extends GroupConverter {

    @Override
    public Converter getConverter(int field) {
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
