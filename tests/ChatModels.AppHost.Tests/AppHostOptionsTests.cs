using ChatModels.AppHost.Redis;
using Xunit;

namespace ChatModels.AppHost.Tests;

public sealed class AppHostOptionsTests
{
    [Fact]
    public void TryParse_WithoutArguments_StartsEverythingOnTheDocumentedPort()
    {
        Assert.Equal(new AppHostOptions { Others = Parse().Others }, Parse());
        Assert.Equal((5180, true, RedisKind.Auto, false), (Parse().Port, Parse().Dashboard, Parse().Redis.Kind, Parse().Fresh));
    }

    [Fact]
    public void TryParse_WithEveryOption_ReadsThemAll()
    {
        var options = Parse("--redis", "garnet", "--fresh", "--data", "/tmp/x", "--port", "6001", "--no-dashboard");

        Assert.Equal(
            new AppHostOptions { Redis = new RedisChoice(RedisKind.Garnet), Fresh = true, DataDirectory = "/tmp/x", Port = 6001, Dashboard = false, Others = options.Others },
            options);
        Assert.Empty(options.Others);
    }

    [Theory]
    [InlineData("container", nameof(RedisKind.Container), "")]
    [InlineData("local", nameof(RedisKind.Local), "")]
    [InlineData("garnet", nameof(RedisKind.Garnet), "")]
    [InlineData("cache.example:6380", nameof(RedisKind.External), "cache.example:6380")]
    public void TryParse_OfRedis_KnowsFourChoices(string text, string kind, string endpoint) =>
        Assert.Equal(new RedisChoice(Enum.Parse<RedisKind>(kind), endpoint), Parse("--redis=" + text).Redis);

    [Fact]
    public void TryParse_KeepsWhatIsNotOurs_InItsOrder() =>
        Assert.Equal(["--operation", "publish", "--publisher=manifest"], Parse("--operation", "publish", "--fresh", "--publisher=manifest").Others);

    [Theory]
    [InlineData("--redis", "--redis needs a value")]
    [InlineData("--redis --fresh", "--redis needs a value")]
    [InlineData("--redis nowhere", "none of container, local, garnet, HOST:PORT")]
    [InlineData("--redis host:99999", "none of container, local, garnet, HOST:PORT")]
    [InlineData("--port x", "--port x is not a port")]
    [InlineData("--port 65536", "--port 65536 is not a port")]
    [InlineData("--port -1", "--port -1 is not a port")]
    [InlineData("--data", "--data needs a value")]
    [InlineData("--fresh --redis host:6379", "leave out --fresh or --redis")]
    public void TryParse_OfAMistake_NamesItAndTheCure(string arguments, string expected)
    {
        Assert.False(AppHostOptions.TryParse(arguments.Split(' '), out _, out var mistake));
        Assert.Contains(expected, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake);
    }

    private static AppHostOptions Parse(params string[] args)
    {
        Assert.True(AppHostOptions.TryParse(args, out var options, out var mistake), mistake);
        return options;
    }
}
