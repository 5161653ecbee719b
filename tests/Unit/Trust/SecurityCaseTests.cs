using RedisML.Unit.Connections;
using RedisML.Unit.Datasets;
using RedisML.Unit.Exporting;
using RedisML.Unit.Formats;
using RedisML.Unit.Sealing;

namespace RedisML.Unit.Trust;

/// <summary>The cases in which somebody did harm, or an answer wasn't true, and the test of each.</summary>
public sealed class SecurityCaseTests
{
    /// <summary>What was seen; the tests' class; the test.</summary>
    public static TheoryData<string, Type, string> Cases => new()
    {
        { "a run's script, text in Redis, ran on Join and Resume", typeof(ForeignScriptTests),
            nameof(ForeignScriptTests.A_script_that_somebody_added_to_a_run_is_shown_and_not_run) },
        { "what the user gave, or named by hash, runs", typeof(ForeignScriptTests),
            nameof(ForeignScriptTests.A_script_that_the_user_gave_or_whose_hash_was_shown_runs) },
        { "manifest, page, placement delete keys elsewhere", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_record_that_names_a_key_elsewhere_is_refused_and_removing_the_dataset_spares_that_key) },
        { "a journal deletes keys elsewhere", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_journal_that_is_none_stops_no_import_and_removes_nothing) },
        { "a run's blobs delete keys elsewhere", typeof(HostileKeysTests),
            nameof(HostileKeysTests.Blobs_of_a_run_that_name_keys_elsewhere_are_left_alone) },
        { "loops over 10^15 rows", typeof(HostileKeysTests),
            nameof(HostileKeysTests.Rows_that_a_manifest_only_claims_are_neither_read_nor_removed_for_ever) },
        { "chunks and rows of a journal", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_dead_journal_that_claims_more_than_there_is_is_swept_soon) },
        { "last of a model", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_model_whose_head_counts_wrongly_can_be_removed_soon_and_whole) },
        { "2 GB for a chunk of 7 KB", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_buffer_that_claims_more_than_it_can_yield_is_refused_before_memory_is_taken) },
        { "60 M rows where the manifest says 3,000", typeof(StoredRecordTests),
            nameof(StoredRecordTests.Rows_that_manifest_and_page_claim_must_be_those_of_the_chunk) },
        { "rows that differ between manifest and pages", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_manifest_whose_rows_are_not_those_of_its_pages_is_refused) },
        { "a corrupt manifest orphans chunks, or hides a neighbour", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_corrupt_manifest_is_a_typed_error_hides_no_neighbour_and_goes_without_an_orphan) },
        { "one broken dataset hides its neighbours", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_list_of_datasets_has_the_neighbours_of_a_broken_one_and_its_error) },
        { "one broken run hides others", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_broken_run_hides_no_other_names_its_key_and_can_be_removed) },
        { "algorithm 99, scale 0", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_model_whose_definition_is_none_predicts_nothing_and_hides_no_other) },
        { "control characters in a terminal", typeof(HostileKeysTests),
            nameof(HostileKeysTests.What_would_steer_a_terminal_comes_out_visible) },
        { "the reject file was the source", typeof(TargetFileTests), nameof(TargetFileTests.The_reject_file_is_never_the_source) },
        { "a reject file was overwritten", typeof(TargetFileTests),
            nameof(TargetFileTests.A_reject_file_that_exists_is_replaced_with_force_alone_and_only_its_owner_reads_it) },
        { "devices, pipes, missing folders", typeof(TargetFileTests), nameof(TargetFileTests.What_is_no_file_is_neither_written_nor_read) },
        { "a link was replaced by a file", typeof(TargetFileTests),
            nameof(TargetFileTests.An_export_to_a_link_writes_where_it_leads_and_the_link_stays) },
        { "rows were lost to a full disk of rejects, or published though it threw", typeof(FileTests),
            nameof(FileTests.Rejected_rows_that_the_disk_doesnt_take_stop_the_import_before_it_is_published) },
        { "an export to a full disk", typeof(FileTests),
            nameof(FileTests.An_export_to_a_full_disk_is_an_error_that_leaves_what_was_there) },
        { "an embedded server on a full disk: ConnectionLost after 60 s", typeof(FileTests),
            nameof(FileTests.An_embedded_server_whose_disk_is_full_says_so_and_lives_on) },
        { "an embedded server that can't stop aborts the process", typeof(FileTests),
            nameof(FileTests.An_embedded_server_that_cant_stop_doesnt_abort_the_process) },
        { "a lasting data directory was 0755", typeof(FileTests),
            nameof(FileTests.A_lasting_data_directory_and_all_in_it_are_their_users_alone) },
        { "reject and temporary files", typeof(FileTests),
            nameof(FileTests.Rejected_rows_are_their_users_alone_and_exports_as_other_files) },
        { "=cmd in a CSV export", typeof(FileTests),
            nameof(FileTests.Texts_that_a_spreadsheet_would_run_are_neutralised_and_numbers_are_not) },
        { "an export to a missing folder", typeof(FileTests), nameof(FileTests.An_export_to_a_folder_that_isnt_there_says_so) },
        { "300 columns with a late fraction each", typeof(LateTypeTests),
            nameof(LateTypeTests.An_import_starts_again_once_however_many_columns_change_their_type_and_however_often) },
        { "20,000 names of JSON Lines", typeof(LateTypeTests),
            nameof(LateTypeTests.Names_that_few_objects_have_are_an_error_that_says_so) },
        { "100,000 columns", typeof(WideTests), nameof(WideTests.Columns_beyond_the_limit_are_an_error_that_names_it) },
        { "a manifest of 200,000 columns", typeof(WideTests), nameof(WideTests.A_manifest_of_too_many_columns_is_refused_soon) },
        { "\"are kept\", and resume found none", typeof(ResumableTests),
            nameof(ResumableTests.A_server_that_is_gone_is_promised_nothing_of) },
        { "a stopped server kept Disconnect for a minute", typeof(ClientEndTests),
            nameof(ClientEndTests.A_connection_closes_at_once_though_the_server_doesnt_answer) },
        { "SIGTERM left a run at work", typeof(ClientEndTests),
            nameof(ClientEndTests.SIGTERM_leaves_a_run_that_is_interrupted_at_once_and_goes_on) },
        { "a clock 28 h off swept another's import", typeof(ClientEndTests),
            nameof(ClientEndTests.A_client_whose_clock_is_wrong_takes_nothing_away_from_others) },
        { "mutual TLS without a certificate", typeof(TlsFailureTests),
            nameof(TlsFailureTests.A_client_certificate_that_is_wanted_and_not_given_is_asked_for) },
        { "plain to a TLS port", typeof(TlsFailureTests), nameof(TlsFailureTests.Without_TLS_to_a_port_for_it) },
        { "TLS to a plain port", typeof(TlsFailureTests), nameof(TlsFailureTests.With_TLS_to_a_port_without) },
        { "a role's rule lets its work through", typeof(AccessRuleTests), nameof(AccessRuleTests.A_role_does_its_work_under_its_rule) },
        { "and no other command", typeof(AccessRuleTests), nameof(AccessRuleTests.Every_command_that_a_rule_doesnt_list_is_refused) },
        { "and no other key", typeof(AccessRuleTests), nameof(AccessRuleTests.Every_other_key_and_channel_is_refused) },
        { "what no replica had was published", typeof(ReplicaTests),
            nameof(ReplicaTests.Without_them_nothing_is_published_and_the_deadline_holds) },
        { "a 10 KB Parquet file took 3 GB", typeof(PageClaimsTests),
            nameof(PageClaimsTests.A_source_of_such_pages_is_a_typed_error_in_little_memory) },
        { "what lies in Redis is read by everybody", typeof(SealedServerTests),
            nameof(SealedServerTests.Nothing_of_a_dataset_a_model_or_a_run_is_to_be_seen_and_all_of_it_is_read_again) },
        { "a chunk in the place of another", typeof(SealedServerTests),
            nameof(SealedServerTests.What_was_sealed_for_another_place_is_refused) },
        { "an unsealed value where there is a key", typeof(SealedServerTests),
            nameof(SealedServerTests.With_a_key_what_is_not_sealed_is_refused) },
        { "10,000 of 33,000 broken inputs were raw exceptions", typeof(FuzzTests), nameof(FuzzTests.Broken_inputs_fail_by_typed_errors) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_case_has_its_test(string seen, Type tests, string test)
    {
        var method = tests.GetMethod(test);
        Assert.True(method is not null && method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0, seen);
    }
}
