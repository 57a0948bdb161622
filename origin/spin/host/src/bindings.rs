//! Spin's interfaces, from the SDK's own definitions.

wasmtime::component::bindgen!({
    path: "wit",
    world: "authorworks:spin-host/spin",
    imports: { default: async | trappable },
    require_store_data_send: true,
    with: {
        "fermyon:spin/key-value.store": crate::key_value::Opened,
        "spin:postgres/postgres.connection": crate::postgres::Lent,
    },
});
