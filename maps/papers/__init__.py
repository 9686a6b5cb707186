"""The papers that go with a redraw: registration table as workbook and as document, code list, letters."""
