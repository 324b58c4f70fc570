"""What the problem codes of imports say; see `stagemark.problem_texts`, which gathers all texts."""

from __future__ import annotations

__all__ = ["IMPORT_TEXTS"]

# code: (en, zh)
IMPORT_TEXTS: dict[str, tuple[str, str]] = {
    # -- the mapping
    "mapping_field_missing": ("the field {field} is missing; add it", "缺少字段 {field}；请补上"),
    "mapping_field_unknown": (
        "there is no field {field} here; there is {known}",
        "此处没有字段 {field}；可用的有：{known}",
    ),
    "mapping_value": ("{field}: {message}", "{field} 的值无效：{message}"),
    "mapping_source": (
        "{field}: give either column (the name of a column) or value (the same for all rows)",
        "{field}：column（列名）与 value（所有行相同的值）必须且只能填写一个",
    ),
    "mapping_currency": (
        "give either currency, such as USD, or currency_column",
        "currency（例如 USD）与 currency_column 必须且只能填写一个",
    ),
    "mapping_date_format": (
        "{value} does not tell a whole day; write for example %Y-%m-%d or %m/%d/%Y",
        "“{value}”不能表示完整的日期；请写成 %Y-%m-%d 或 %m/%d/%Y 之类的格式",
    ),
    "mapping_encoding": (
        "there is no text encoding {value}; write utf-8 or gb18030",
        "没有文本编码“{value}”；请填写 utf-8 或 gb18030",
    ),
    "mapping_separators": (
        "decimal and thousands are both {value} (left out they are . and ,); write two, such as "
        """decimal: "," with thousands: ".", or thousands: "" where nothing groups them""",
        "decimal 与 thousands 都是“{value}”（未填写时分别为“.”和“,”）；请填写不同的字符，"
        """例如 decimal: "," 与 thousands: "."；没有千位分隔符时填写 thousands: \"\"""",
    ),
    "mapping_marker": (
        "{value} is no marker; write the stage and start or end, such as needs.start",
        "“{value}”不是标志；请写阶段加 start 或 end，例如 needs.start",
    ),
    "mapping_document": (
        "evidence {evidence} is a document, which no column can hold; use override",
        "证据“{evidence}”是文件，无法从列中读取；请使用 override",
    ),
    "mapping_playbook_missing": (
        "say by which playbook the sales run: playbook in the mapping, or --playbook",
        "请指定商机所用的流程：在映射中填写 playbook，或使用 --playbook",
    ),
    # -- the file
    "import_unreadable": ("the file can't be read: {reason}", "文件无法读取：{reason}"),
    "import_too_large": (
        "the file is larger than {limit} MiB; split it",
        "文件超过 {limit} MiB；请拆分后再导入",
    ),
    "import_spreadsheet": (
        "this is a spreadsheet, not CSV; save it as CSV (UTF-8)",
        "这是电子表格文件，不是 CSV；请另存为 CSV（UTF-8）",
    ),
    "import_encoding": (
        "from this line on the file is not {encoding}; save it so, or name its encoding in the mapping "
        "(encoding: gb18030)",
        "文件从此行起不是 {encoding} 编码；请另存为该编码，或在映射中写明编码（encoding: gb18030）",
    ),
    "import_csv": (
        "this is no lawful CSV: {problem}; look for a quotation mark that is not closed or not doubled",
        "CSV 格式错误：{problem}；请检查是否有未闭合或未成对的引号",
    ),
    "import_empty": ("the file is empty; its first row has to name the columns", "文件为空；第一行应为列名"),
    "import_no_rows": ("there are no rows below the header", "表头下面没有数据行"),
    "import_column_missing": (
        "{file} has no column {column}; it has {known}",
        "{file} 中没有列“{column}”；现有的列：{known}",
    ),
    "import_column_twice": (
        "{file} has the column {column} more than once; rename one of them",
        "{file} 中有多个名为“{column}”的列；请为其中之一改名",
    ),
    "import_as_of": (
        "{value} is no day on which a table can have been cut; write --as-of 2025-12-31, today at the latest",
        "“{value}”不能作为导出日期；请写成 --as-of 2025-12-31，且不晚于今天",
    ),
    # -- its rows
    "import_row_width": (
        "the row has {cells:cell|cells}, the header {columns}; look for a delimiter in a cell without quotation marks",
        "该行有 {cells} 个单元格，表头有 {columns} 个；请检查单元格中是否有未加引号的分隔符",
    ),
    "import_duplicate_id": (
        "the sale {sale} stands also in row {rows}; keep the row that is right",
        "商机 {sale} 还出现在第 {rows} 行；请只保留正确的一行",
    ),
    "import_id": (
        "{value} can't be a sale's id; it has at most {limit} characters and no line breaks",
        "{value} 不能作为商机编号；编号最多 {limit} 个字符，且不能含换行",
    ),
    "import_cell_empty": (
        "the cell is empty; fill it in, or give the column a default in the mapping",
        "单元格为空；请填写，或在映射中为该列设置 default",
    ),
    "import_cell_too_long": (
        "the cell has more than {limit} characters; shorten it",
        "单元格超过 {limit} 个字符；请缩短",
    ),
    "import_cell_control": (
        "the cell holds control characters: {value}; remove them",
        "单元格中有控制字符：{value}；请删除",
    ),
    "import_date": (
        "{value} is no date in the form {format}, such as {example}",
        "“{value}”不是 {format} 格式的日期，例如 {example}",
    ),
    "import_number": ("{value} is no number such as {example}", "“{value}”不是数字；正确的写法例如 {example}"),
    "import_end_before_start": (
        "the end of stage {stage}, {end}, lies before its start, {start}; correct one of the dates",
        "阶段“{stage}”的结束时间 {end} 早于开始时间 {start}；请更正其中之一",
    ),
    "import_after_cut": (
        "{date} lies after the day on which the table was cut ({as_of}); correct the date, or --as-of",
        "{date} 晚于导出日期（{as_of}）；请更正该日期，或更正 --as-of",
    ),
    "import_state_unknown": (
        "the mapping does not say what the state {state} means; it knows {known}",
        "映射中没有说明状态“{state}”的含义；已有的状态：{known}",
    ),
    "import_state_contradicts": (
        "{value} stands here, but in the state {state} ({states}) that has not been observed yet",
        "此处有“{value}”，但状态为“{state}”（{states}）时该标志尚未发生",
    ),
    "import_changed": (
        "the sale {sale} was imported before with other content; correct it with stagemark correct, "
        "an import changes nothing that is there",
        "商机 {sale} 之前已按不同的内容导入；导入不会修改已有记录，请用 stagemark correct 更正",
    ),
}
