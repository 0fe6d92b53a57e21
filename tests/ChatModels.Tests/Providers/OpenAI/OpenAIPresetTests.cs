using System.Diagnostics;
using ChatModels.Providers;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Xunit;

namespace ChatModels.Tests.Providers.OpenAI;

public sealed class OpenAIPresetTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", "https://api.openai.com/v1", "openai")]
    [InlineData("""{"preset":"mistral"}""", "https://api.mistral.ai/v1", "mistral_ai")]
    [InlineData("""{"preset":"gemini"}""", "https://generativelanguage.googleapis.com/v1beta/openai", "gcp.gemini")]
    [InlineData("""{"preset":"groq"}""", "https://api.groq.com/openai/v1", "groq")]
    public void APreset_SetsEndpointAndTelemetryName(string options, string endpoint, string name)
    {
        var slot = new ProviderSlot("openai", ProviderTypesFixture.Options("p", options), ChatProviderTypes.Global, ProviderTypesFixture.Services);

        Assert.Equal((new Uri(endpoint), name), (slot.Endpoint, slot.TelemetryName));
    }

    [Fact]
    public void AnUnknownPreset_IsRefused_WithThoseThereAre()
    {
        var issue = Assert.Single(ChatProviderTypes.Global.Validate("openai", ProviderTypesFixture.Options("p", """{"preset":"acme"}""")));

        Assert.Equal("$.options.preset", issue.Path);
        Assert.Contains("'deepseek' or 'gemini'", issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndpointOfTheProviders_WinsOverThePresets_AndTheSpanNamesTheVendor()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Ct);
        await using var host = await ChatHost.StartAsync();
        await host.AddProviderAsync("p", upstream.Endpoint, provider => provider with { Options = ProviderTypesFixture.Values("""{"preset":"deepseek"}""") });
        await host.AddModelAsync("preset-m", "p");
        List<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ChatModels",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await host.AskAsync(ChatHost.Ask("preset-m"), Ct);

        Assert.Single(upstream.Requests);
        lock (spans)
        {
            var attempt = Assert.Single(spans, span => span.Kind is ActivityKind.Client && span.GetTagItem("gen_ai.request.model") as string == "p-model");
            Assert.Equal(("deepseek", upstream.Endpoint.Port), (attempt.GetTagItem("gen_ai.provider.name"), attempt.GetTagItem("server.port")));
        }
    }
}
