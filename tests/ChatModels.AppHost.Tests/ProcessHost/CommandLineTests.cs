using ChatModels.AppHost.ProcessHost;
using Xunit;

namespace ChatModels.AppHost.Tests.ProcessHost;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--operation publish --publisher manifest --output-path x.json", "--operation is for publishing, which needs the Aspire packages")]
    [InlineData("--publisher=manifest", "--publisher=manifest is for publishing, which needs the Aspire packages")]
    [InlineData("--redis container", "--redis container needs the Aspire packages")]
    [InlineData("--verbose", "--verbose is not an option. The options are --redis container|local|garnet|HOST:PORT, --fresh")]
    [InlineData("stray", "stray is not an option")]
    public void Refusal_NamesWhatIsRefusedAndTheCure(string arguments, string expected)
    {
        Assert.True(AppHostOptions.TryParse(arguments.Split(' '), out var options, out _));

        var refusal = CommandLine.Refusal(options);

        Assert.StartsWith(expected, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal!);
    }

    [Fact]
    public void Refusal_OfTheAspireCommand_NamesTheCommandThatWorks() =>
        Assert.StartsWith(
            "The aspire command needs the Aspire packages, and this AppHost was built without them: start it with dotnet run --project ChatModels.AppHost",
            CommandLine.Refusal(new AppHostOptions(), startedByAspire: true),
            StringComparison.Ordinal);

    [Fact]
    public void Refusal_OfOrdinaryOptions_IsNull()
    {
        Assert.True(AppHostOptions.TryParse(["--redis", "garnet", "--no-dashboard"], out var options, out _));

        Assert.Null(CommandLine.Refusal(options));
    }
}
