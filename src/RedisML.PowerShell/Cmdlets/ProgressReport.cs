namespace RedisML.PowerShell.Cmdlets;

/// <summary>How far some work is.</summary>
/// <param name="Status">What is shown of the work, such as <c>1,234,567 rows, 310,000 rows/s</c>.</param>
/// <param name="Fraction">Between 0 and 1; null where the end isn't known. The time left is derived from it.</param>
public readonly record struct ProgressReport(string Status, double? Fraction = null);
