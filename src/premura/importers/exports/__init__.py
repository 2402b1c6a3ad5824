"""The other way round: answers as CSV, XLSX, SPSS and Parquet, surveys as LimeSurvey reads them. Nobody is locked in.

In come rows that the person may see; out go files. SPSS needs the libraries of the extra ``spss``.
"""
