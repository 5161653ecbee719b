namespace RedisML.Pester.Runner;

/// <summary>What became of a test, or of a file or block that failed outside its tests.</summary>
/// <param name="Name">The test's place: the blocks around it, and its own name.</param>
/// <param name="Outcome"><c>Passed</c>, <c>Skipped</c>, or what Pester calls the failure.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Message">The failure, or why it was skipped.</param>
sealed record TestResult(string Name, string Outcome, double Seconds, string Message);
