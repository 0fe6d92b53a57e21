using System.Buffers;
using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using Xunit;

namespace ChatModels.Tests.Chat;

public class ChatRequestReaderTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [Theory]
    [InlineData("", "The body is empty; send a JSON object with 'model' and 'messages'.", null)]
    [InlineData("[]", "The body is not valid JSON: at byte 0, a JSON object with 'model' and 'messages' was expected.", null)]
    [InlineData("{\"model\":\"m\",\"messages\":[}", "The body is not valid JSON: at byte 25, the value of 'messages' is not valid JSON, or nests deeper than 256.", null)]
    [InlineData("{\"model\":\"m\" \"messages\":[]}", "The body is not valid JSON: at byte 13, a field's name in quotes, a colon, a comma or the closing brace was expected.", null)]
    [InlineData("{\"model\":\"m\",\"messages\":[]} x", "The body is not valid JSON: at byte 28, nothing may follow the JSON object.", null)]
    [InlineData("{\"messages\":[]}", "The field 'model' is missing; name a model, as GET /v1/models lists them.", "model")]
    [InlineData("{\"model\":\"m\"}", "The field 'messages' is missing; give an array of messages.", "messages")]
    [InlineData("{\"model\":7,\"messages\":[]}", "'model' must be a non-empty string: the name of a model, as GET /v1/models lists them.", "model")]
    [InlineData("{\"model\":\"\",\"messages\":[]}", "'model' must be a non-empty string: the name of a model, as GET /v1/models lists them.", "model")]
    [InlineData("{\"model\":\"\\ud800\",\"messages\":[]}", "'model' must be a non-empty string: the name of a model, as GET /v1/models lists them.", "model")]
    [InlineData("{\"model\":\"m\",\"messages\":{}}", "'messages' must be an array of messages.", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[],\"stream\":\"yes\"}", "'stream' must be true or false.", "stream")]
    [InlineData("{\"model\":\"m\",\"messages\":[],\"stream_options\":[]}", "'stream_options' must be an object.", "stream_options")]
    [InlineData("{\"model\":\"m\",\"messages\":[],\"tools\":{}}", "'tools' must be an array of tools.", "tools")]
    [InlineData("{\"model\":\"m\",\"messages\":[],\"model\":\"n\"}", "The field 'model' is given more than once; give it once.", "model")]
    [InlineData("{\"model\":\"m\",\"messages\":[],\"\\u006dodel\":\"n\"}", "The field 'model' is given more than once; give it once.", "model")]
    public void TryRead_OfABadBody_NamesTheFieldAndTheCure(string body, string message, string? param)
    {
        var request = Read(Encoding.UTF8.GetBytes(body), out var failure);

        Assert.Null(request);
        Assert.Equal(new ChatFailure(ErrorCodes.InvalidRequest, 400, message) { Param = param }, failure);
    }

    [Fact]
    public void TryRead_OfBytesThatAreNoUtf8_SaysSo()
    {
        Read([(byte)'{', (byte)'"', 0xFF, (byte)'"'], out var failure);

        Assert.Equal("The body is not valid UTF-8.", failure?.Message);
    }

    [Fact]
    public void TryRead_SkipsAByteOrderMark()
    {
        var request = Read(Encoding.UTF8.GetBytes("\uFEFF{\"model\":\"m\"," + Messages + "}"), out _);

        Assert.Equal("m", request?.Model);
    }

    [Theory]
    [InlineData("{\"model\":\"m\",M}", "{\"model\":\"up/1\",M}")]
    [InlineData("{ \"x\" : 1 , \"model\" : \"m\" , M }", "{ \"x\" : 1 , \"model\" : \"up/1\" , M }")]
    [InlineData("{M,\"model\":\"a\\u0062\"}", "{M,\"model\":\"up/1\"}")]
    [InlineData("{\"stream\":false,\"model\":\"m\",M}", "{\"stream\":false,\"model\":\"up/1\",M}")]
    [InlineData("{\"model\":\"m\",M,\"stream\":true}", "{\"stream_options\":{\"include_usage\":true},\"model\":\"up/1\",M,\"stream\":true}")]
    [InlineData("{\"model\":\"m\",M,\"stream\":true,\"stream_options\":null}", "{\"model\":\"up/1\",M,\"stream\":true,\"stream_options\":{\"include_usage\":true}}")]
    [InlineData("{\"stream_options\":{},\"model\":\"m\",M,\"stream\":true}", "{\"stream_options\":{\"include_usage\":true},\"model\":\"up/1\",M,\"stream\":true}")]
    [InlineData("{\"model\":\"m\",M,\"stream\":true,\"stream_options\":{\"include_usage\":false,\"y\":1}}", "{\"model\":\"up/1\",M,\"stream\":true,\"stream_options\":{\"include_usage\":true,\"y\":1}}")]
    [InlineData("{\"model\":\"m\",M,\"stream\":true,\"stream_options\":{\"y\":1}}", "{\"model\":\"up/1\",M,\"stream\":true,\"stream_options\":{\"include_usage\":true,\"y\":1}}")]
    [InlineData("{\"model\":\"m\",M,\"stream\":true,\"stream_options\":{\"include_usage\":true}}", "{\"model\":\"up/1\",M,\"stream\":true,\"stream_options\":{\"include_usage\":true}}")]
    public void For_ReplacesTheModelAndAsksForUsage_AndLeavesEveryOtherByte(string body, string expected)
    {
        var request = Read(Encoding.UTF8.GetBytes(body.Replace("M", Messages, StringComparison.Ordinal)), out _);

        var output = new ArrayBufferWriter<byte>();
        var upstream = request!.For("\"up/1\""u8.ToArray(), askUsage: true);
        upstream.WriteTo(output);

        Assert.Equal(expected.Replace("M", Messages, StringComparison.Ordinal), Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal(output.WrittenCount, upstream.Length);
    }

    [Fact]
    public void For_AProviderThatRefusesTheField_DoesNotAskForUsage()
    {
        var body = Encoding.UTF8.GetBytes("{\"model\":\"m\"," + Messages + ",\"stream\":true}");
        var output = new ArrayBufferWriter<byte>();
        Read(body, out _)!.For("\"m\""u8.ToArray(), askUsage: false).WriteTo(output);

        Assert.Equal(body, output.WrittenSpan);
    }

    [Theory]
    [InlineData("[]", false)]
    [InlineData("[ ]", false)]
    [InlineData("null", false)]
    [InlineData("[{}]", true)]
    public void TryRead_KnowsWhetherToolsAreGiven(string tools, bool expected)
    {
        var request = Read(Encoding.UTF8.GetBytes($"{{\"model\":\"m\",{Messages},\"tools\":{tools}}}"), out _);

        Assert.Equal(expected, request!.HasTools);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"image_url"},{"type":"text","text":"image"}]},{"type":"image","role":"user","content":"\"type\":\"image\""}]""", "")]
    [InlineData("""[{"role":"user","content":[ { "type" : "text","text":"x" } , { "image_url":{"url":"u","type":"x"},"type" : "image_url" } ]}]""", "images")]
    [InlineData("""[{"role":"user","content":[{"\u0074ype":"image\u005furl"}]}]""", "images")]
    [InlineData("""[{"content":[{"type":"image","source":{"type":"base64","data":"AA"}}],"role":"user"}]""", "images")]
    [InlineData("""[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"x"},{"type":"image"}]}]}]""", "images")]
    [InlineData("""[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[{"type":"image"}]}}]}]""", "images")]
    [InlineData("""[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"","format":"wav"}},{"type":"image_url"}]}]""", "images sound")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"type":"image"}],"content":[{"type":"text","x":[{"type":"image"}]}]}]""", "")]
    [InlineData("""[7,null,["image"],{"content":[7,[{"type":"image"}],{"type":7},"image"]},{"content":{"type":"image"}}]""", "")]
    public void TryRead_KnowsWhatIsInTheMessagesBesidesText(string messages, string expected)
    {
        var request = Read(Encoding.UTF8.GetBytes($"{{\"model\":\"m\",\"messages\":{messages}}}"), out var failure);

        Assert.Null(failure);
        Assert.Equal(expected, string.Join(' ', new[] { request!.HasImages ? "images" : null, request.HasAudio ? "sound" : null }.OfType<string>()));
    }

    [Theory]
    [InlineData("[{]")]
    [InlineData("[{\"content\":[}]")]
    [InlineData("[{\"content\":[{\"type\":\"image}]}]")]
    [InlineData("[{\"content\":[{\"type\":\"image\"},]}]")]
    [InlineData("[{\"content\":[{\"source\":{]}}]")]
    [InlineData("[{},]")]
    public void TryRead_OfBrokenMessages_SaysThatTheirJsonIs(string messages)
    {
        Assert.Null(Read(Encoding.UTF8.GetBytes($"{{\"model\":\"m\",\"messages\":{messages}}}"), out var failure));
        Assert.Contains("the value of 'messages' is not valid JSON", failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void TryRead_OfMessages_GoesAsDeepAsOfAnythingElse(int depth, bool isRead)
    {
        // The list, the message and the part are three of them.
        var nested = $"{new string('[', depth - 4)}{new string(']', depth - 4)}";
        var body = $$$"""{"model":"m","messages":[{"role":"user","content":[{"x":{{{nested}}}}]}]}""";

        Assert.Equal(isRead, Read(Encoding.UTF8.GetBytes(body), out _) is not null);
    }

    private static ChatRequest? Read(byte[] body, out ChatFailure? failure) => ChatRequestReader.TryRead(new ChatCall(UpstreamOperation.ChatCompletions, body), out failure);
}
