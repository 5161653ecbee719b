using Microsoft.Testing.Platform.CommandLine;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.CommandLine;
using Microsoft.Testing.Platform.Services;

namespace RedisML.Pester.Runner;

/// <summary><c>--file</c>: which test files run, by wildcards; all of them where it isn't given.</summary>
sealed class FileOption : ICommandLineOptionsProvider
{
    const string Name = "file";

    public string Uid => nameof(FileOption);
    public string Version => "1.0.0";
    public string DisplayName => "Test files";
    public string Description => "Chooses the test files that run.";

    /// <summary>The wildcards that were given.</summary>
    public static string[] Read(IServiceProvider services) =>
        services.GetCommandLineOptions().TryGetOptionArgumentList(Name, out var wildcards) ? wildcards : ["*"];

    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    public IReadOnlyCollection<CommandLineOption> GetCommandLineOptions() =>
        [new(Name, "Runs the files with such names, as Import-*", ArgumentArity.OneOrMore, isHidden: false)];

    public Task<ValidationResult> ValidateOptionArgumentsAsync(CommandLineOption commandOption, string[] arguments) =>
        ValidationResult.ValidTask;

    public Task<ValidationResult> ValidateCommandLineOptionsAsync(ICommandLineOptions commandLineOptions) => ValidationResult.ValidTask;
}
