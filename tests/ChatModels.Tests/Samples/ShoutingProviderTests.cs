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
        await using var host = await HostAsync();

        var (reply, body) = await host.AskAsync(ChatHost.Ask("m"), Ct);

        Assert.Null(reply.Failure);
        Assert.Contains("\"content\":\"HI?!\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatItDidNotExpect_IsItsFailure_AndNotOurs()
    {
        await using var host = await HostAsync();

        var (reply, body) = await host.AskAsync("""{"model":"m","messages":[]}""", Ct);

        Assert.Equal((503, ErrorCodes.UpstreamError), (reply.Failure!.Status, reply.Failure.Code));
        Assert.Contains("its type threw InvalidOperationException", body, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReadme_ShowsExactlyThisClass()
    {
        var sample = Repository.Read("tests/ChatModels.Tests/Samples/ShoutingProvider.cs");
        var shown = sample[sample.IndexOf("/// <summary>", StringComparison.Ordinal)..].TrimEnd();

        Assert.Contains($"```csharp\n{shown}\n```", Repository.Read("README.md"), StringComparison.Ordinal);
    }

    private static async Task<ChatHost> HostAsync()
    {
        var types = new ChatProviderTypes();
        types.Register(ShoutingProvider.Metadata, ShoutingProvider.CreateAsync);
        var host = await ChatHost.StartAsync(options => options.ProviderTypes = types, _ => { });
        await host.AddProviderAsync("loud", new Uri("http://unused.invalid"), config =>
            config with { Type = "shouting", Endpoint = null, ApiKey = null, Options = ProviderTypesFixture.Values("""{"end":"?!"}""") });
        await host.AddModelAsync("m", "loud");
        return host;
    }
}
