using ChatModels.ServiceDefaults.Redis;
using ChatModels.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

public sealed class RegistryRedisTests
{
    private const string Section = "Aspire:StackExchange:Redis";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void AddRegistryRedis_WithoutAConnectionString_RegistersNothing(string? value)
    {
        var builder = DefaultsHost.NewBuilder(("ConnectionStrings:redis", value));
        var before = builder.Services.Count;

        builder.AddRegistryRedis();

        Assert.Equal(before, builder.Services.Count);
    }

    [Theory]
    [InlineData("redis://:s3cret@host:6379", "is a URL")]
    [InlineData("host:6379,password=abc,s3cret", "comma inside a value")]
    [InlineData("host:6379,passwrod=s3cret", "can't be read")]
    [InlineData("password=s3cret", "can't be read")]
    [InlineData("host:6379,ssl=s3cret", "can't be read")]
    [InlineData("host:6379,password=abc,s3cret=def", "can't be read")]
    public void AddRegistryRedis_WithAMalformedConnectionString_NamesTheKeyAndTheCureButNotTheValue(string value, string reason)
    {
        var builder = DefaultsHost.NewBuilder(("ConnectionStrings:redis", value));

        var error = Assert.Throws<InvalidOperationException>(() => builder.AddRegistryRedis());

        Assert.StartsWith("ConnectionStrings:redis ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddRegistryRedis_WithAnOptionThatCannotBeRead_NamesItsKey()
    {
        var builder = DefaultsHost.NewBuilder(("ConnectionStrings:redis", "host:6379"), ($"{Section}:ConfigurationOptions:ConnectTimeout", "soon"));

        var error = Assert.Throws<InvalidOperationException>(() => builder.AddRegistryRedis());

        Assert.Contains($"{Section}:ConfigurationOptions:ConnectTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_LooksWhereAspiresClientLooks_InTheSameOrder()
    {
        var configuration = new ConfigurationManager { [$"{Section}:ConnectionString"] = "third" };
        Assert.Equal(new RedisConnectionString($"{Section}:ConnectionString", "third"), RedisConnectionString.Find(configuration));

        configuration[$"{Section}:redis:ConnectionString"] = "second";
        Assert.Equal(new RedisConnectionString($"{Section}:redis:ConnectionString", "second"), RedisConnectionString.Find(configuration));

        configuration["ConnectionStrings:redis"] = "first";
        Assert.Equal(new RedisConnectionString("ConnectionStrings:redis", "first"), RedisConnectionString.Find(configuration));
    }

    [Fact]
    public void Bind_AppliesTheNamedSectionLast()
    {
        var configuration = new ConfigurationManager
        {
            [$"{Section}:ConfigurationOptions:ConnectTimeout"] = "1234",
            [$"{Section}:ConfigurationOptions:Password"] = "a,b",
            [$"{Section}:redis:ConfigurationOptions:ConnectTimeout"] = "4321",
        };
        var options = ConfigurationOptions.Parse("host:6379,connectTimeout=9,defaultDatabase=3");

        RedisConfigurationSection.Bind(configuration, options);

        Assert.Equal((4321, "a,b", 3), (options.ConnectTimeout, options.Password, options.DefaultDatabase));
    }

    [Fact]
    public async Task Connecting_WhenTheConnectionCannotBeCreated_TriesAgainAfterAPause()
    {
        var token = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync(cancellationToken: token);
        var attempts = 0;
        var services = new ServiceCollection().AddSingleton<IConnectionMultiplexer>(_ => Interlocked.Increment(ref attempts) == 1
            ? throw new InvalidOperationException("no such certificate")
            : ConnectionMultiplexer.Connect(redis.ConnectionString));
        await using var provider = services.BuildServiceProvider();
        var clock = new FakeTimeProvider();
        using var connecting = new RedisConnecting(provider, clock, NullLogger<RedisConnecting>.Instance);

        await connecting.StartAsync(token);
        await WaitUntil.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return connecting.Connection is { IsConnected: true };
            },
            "the second attempt", cancellationToken: token);
        await connecting.StopAsync(token);

        Assert.Equal(2, attempts);
    }
}
