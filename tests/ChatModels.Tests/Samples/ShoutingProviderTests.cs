using ChatModels.Providers;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using ChatModels.Tests.Providers;
using Xunit;

namespace ChatModels.Tests.Samples;

/// <summary>The README's sample of a provider type is this code, and it works.</summary>
public sealed class ShoutingProviderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ATypeOfYourOwn_IsAClassAndOneCall()
    {
        var types = new ChatProviderTypes();
        types.Register(ShoutingProvider.Metadata, ShoutingProvider.CreateAsync);
        await using var host = await ChatHost.StartAsync(options => options.ProviderTypes = types, _ => { });
        await host.AddProviderAsync("loud", new Uri("http://unused.invalid"), config =>
            config with { Type = "shouting", Endpoint = null, ApiKey = null, Options = ProviderTypesFixture.Values("""{"end":"?!"}""") });
        await host.AddModelAsync("m", "loud");

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Null(reply.Failure);
        Assert.Contains("\"content\":\"HI?!\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReadme_ShowsExactlyThisClass()
    {
        var sample = Repository.Read("tests/ChatModels.Tests/Samples/ShoutingProvider.cs");
        var shown = sample[sample.IndexOf("/// <summary>", StringComparison.Ordinal)..].TrimEnd();

        Assert.Contains($"```csharp\n{shown}\n```", Repository.Read("README.md"), StringComparison.Ordinal);
    }
}
