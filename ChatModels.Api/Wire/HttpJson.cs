using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatModels.Api.Wire;

/// <summary>The JSON of the HTTP surface: camelCase, absent instead of null, unknown fields refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenAiErrorView))]
[JsonSerializable(typeof(OpenAiModelList))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(RegistryView))]
[JsonSerializable(typeof(ReplicaList))]
[JsonSerializable(typeof(ProviderTypeList))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(ProviderInput))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelInput))]
[JsonSerializable(typeof(ApplyInput))]
[JsonSerializable(typeof(RollbackInput))]
[JsonSerializable(typeof(AcceptInput))]
[JsonSerializable(typeof(DifferenceView))]
[JsonSerializable(typeof(HistoryView))]
[JsonSerializable(typeof(FileView))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(FileDeletedView))]
[JsonSerializable(typeof(FileForm))]
[JsonSerializable(typeof(BatchInput))]
[JsonSerializable(typeof(BatchView))]
[JsonSerializable(typeof(BatchList))]
[JsonSerializable(typeof(BatchProgressView))]
[JsonSerializable(typeof(ChangedView))]
[JsonSerializable(typeof(ResetView))]
[JsonSerializable(typeof(DeploymentHealthList))]
[JsonSerializable(typeof(ProviderHealthView))]
internal sealed partial class HttpJson : JsonSerializerContext;
