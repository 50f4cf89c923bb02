def test_a_cell_runs_in_a_real_jupyterlab(notebook):
    book = notebook("print(6 * 7)")
    book.run(0)
    assert "42" in book.text(0)
