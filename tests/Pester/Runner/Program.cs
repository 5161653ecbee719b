using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Capabilities.TestFramework;
using RedisML.Pester.Runner;

var builder = await TestApplication.CreateBuilderAsync(args);
builder.CommandLine.AddProvider(() => new FileOption());
builder.RegisterTestFramework(
    _ => new TestFrameworkCapabilities(), (_, services) => new PesterFramework(FileOption.Read(services)));
using var application = await builder.BuildAsync();
return await application.RunAsync();
