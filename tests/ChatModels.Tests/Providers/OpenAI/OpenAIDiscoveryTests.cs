using ChatModels.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static ChatModels.Tests.Providers.OpenAI.OpenAIFixture;

namespace ChatModels.Tests.Providers.OpenAI;

public sealed class OpenAIDiscoveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_EndpointNamesAService_FindsItsAddress()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("services:llm:http:0", upstream.Endpoint.GetLeftPart(UriPartial.Authority))])
            .Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddServiceDiscovery()
            .BuildServiceProvider();
        await using var provider = await CreateAsync(Options(new Uri("https+http://llm/v1")), services: services);

        await using var reply = await provider.SendAsync(Request(), Ct);

        Assert.Equal((200, "/v1/chat/completions"), (reply.Status, Assert.Single(upstream.Requests).Path));
    }

    [Fact]
    public async Task Create_EndpointNamesAServiceWithoutDiscovery_NamesTheCure()
    {
        var error = await Assert.ThrowsAsync<ChatModelsException>(() => CreateAsync(Options(new Uri("https+http://llm/v1"))).AsTask());

        Assert.Equal(ErrorCodes.ProviderCreationFailed, error.Code);
        Assert.Contains("AddServiceDiscovery()", error.Message, StringComparison.Ordinal);
    }
}
