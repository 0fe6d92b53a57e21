using System.Text.Json;
using OpenAI.Chat;
using Xunit;
using static ChatModels.Tests.Providers.Simulator.SimulatorFixture;

namespace ChatModels.Tests.Providers.Simulator;

public sealed class SimulatorToolTests
{
    private const string Tools = """
        ,"tools":[
          {"type":"function","function":{"name":"now"}},
          {"type":"function","function":{"name":"weather","parameters":{"type":"object",
            "required":["city","days","metric","unit","at","tags","ghost"],
            "properties":{"city":{"type":"string"},"days":{"type":"integer"},"metric":{"type":"boolean"},"unit":{"enum":["C","F"]},
              "at":{"type":["object","null"],"required":["lat"],"properties":{"lat":{"type":"number"}}},"tags":{"type":"array"},"optional":{"type":"string"}}}}}]
        """;

    private const string Arguments = """{"city":"text","days":1,"metric":true,"unit":"C","at":{"lat":1},"tags":[],"ghost":"text"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"required\"", "now", "{}")]
    [InlineData("""{"type":"function","function":{"name":"weather"}}""", "weather", Arguments)]
    public async Task Send_ToolDemanded_CallsItWithArgumentsThatFitItsSchema(string choice, string name, string arguments)
    {
        await using var provider = await CreateAsync();

        var completion = Completion(await AskAsync(provider, Saying("Hi", $",\"tool_choice\":{choice}{Tools}"), Ct));

        var call = Assert.Single(completion.ToolCalls);
        Assert.Equal((ChatFinishReason.ToolCalls, name, arguments), (completion.FinishReason, call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Matches("^call_[0-9a-f]{24}$", call.Id);
        Assert.True(completion.Usage.OutputTokenCount > 0);
    }

    [Fact]
    public async Task Stream_ToolDemanded_SendsNameFirstAndArgumentsInPieces()
    {
        await using var provider = await CreateAsync();

        var frames = await FramesAsync(provider, Saying("Hi", $$""","stream":true,"tool_choice":{"type":"function","function":{"name":"weather"} }{{Tools}}"""), Ct);
        var updates = frames[..^1].ConvertAll(Update);

        Assert.Equal("weather", Assert.Single(updates[0].ToolCallUpdates).FunctionName);
        Assert.Equal(Arguments, string.Concat(updates.SelectMany(update => update.ToolCallUpdates).Select(call => call.FunctionArgumentsUpdate?.ToString())));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
        Assert.True(updates.Count > 5);
    }

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("\"none\"")]
    [InlineData("null")]
    public async Task Send_ToolNotDemanded_AnswersWithText(string choice)
    {
        await using var provider = await CreateAsync();

        var completion = Completion(await AskAsync(provider, Saying("Hi", $",\"tool_choice\":{choice}{Tools}"), Ct));

        Assert.Empty(completion.ToolCalls);
        Assert.Equal("Hi", completion.Content[0].Text);
    }

    [Theory]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/x"}}}""", """{"a":"text"}""")]
    [InlineData("""{"required":[1,"a","a"],"properties":{"a":{"const":{"k":[1]}}}}""", """{"a":{"k":[1]}}""")]
    [InlineData("""{"required":"a","properties":[]}""", "{}")]
    public async Task Send_OddSchema_StillGivesValidJson(string schema, string arguments)
    {
        await using var provider = await CreateAsync();
        var tools = $$""","tool_choice":"required","tools":[{"type":"function","function":{"name":"f","parameters":{{schema}} } }]""";

        var json = JsonElement.Parse(await AskAsync(provider, Saying("Hi", tools), Ct));

        Assert.Equal(arguments, json.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
    }
}
