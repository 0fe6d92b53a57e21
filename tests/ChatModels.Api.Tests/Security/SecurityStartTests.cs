using ChatModels.Api.Security;
using ChatModels.Api.Tests.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Api.Tests.Security;

public sealed class SecurityStartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Start_WithoutAnAdminKeyOutsideDevelopment_IsRefusedNamingSettingAndCure(string environment)
    {
        var refusal = await RefusedAsync(environment, new() { ["ChatModels:Registry:Store"] = "memory" });

        Assert.Contains("ChatModels:Security:AdminKeys is empty", refusal, StringComparison.Ordinal);
        Assert.Contains("ChatModels__Security__AdminKeys__0=admin", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithKeysWhoseSecretsHaveNoValue_NamesEachSecret()
    {
        var refusal = await RefusedAsync("Production", new()
        {
            ["ChatModels:Registry:Store"] = "memory",
            ["ChatModels:Security:AdminKeys:0"] = "missing-admin",
            ["ChatModels:Security:ClientKeys:0"] = "blank-client",
            ["ChatModels:Security:ClientKeys:1"] = " ",
            ["ChatModels:Security:ClientKeys:2"] = "good-client",
            ["Secrets:blank-client"] = " ",
            ["Secrets:good-client"] = Keys.Client,
        });

        Assert.Contains("'missing-admin'", refusal, StringComparison.Ordinal);
        Assert.Contains("Secrets__missing_admin", refusal, StringComparison.Ordinal);
        Assert.Contains("'blank-client'", refusal, StringComparison.Ordinal);
        Assert.Contains("ChatModels:Security:ClientKeys:1 is empty", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("good-client", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(Keys.Client, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAMistypedSetting_IsRefused()
    {
        await using var app = TestApi.Build("Production", new Dictionary<string, string?>(Keys.Settings) { ["ChatModels:Security:AdminKey"] = "the-admin" });

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync(Cancelled));

        Assert.Contains("AdminKey", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InDevelopmentWithAKeyWithoutAValue_OnlyWarns()
    {
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ChatModels:Security:AdminKeys:0"] = "missing-admin" });

        var warning = Assert.Single(api.Logs.GetSnapshot(), record => record.Category == typeof(AccessMiddleware).FullName && record.Level is LogLevel.Warning);
        Assert.Contains("missing-admin", warning.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(string environment, Dictionary<string, string?> settings)
    {
        await using var app = TestApi.Build(environment, settings);
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(Cancelled));
        return string.Join('\n', refusal.Failures);
    }
}
